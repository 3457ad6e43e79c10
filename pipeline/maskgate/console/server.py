"""The console as a process: index, feed and web server."""

from __future__ import annotations

import ssl
import time
from pathlib import Path
from typing import Any

import uvicorn

from maskgate.base import filemodes
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.base.log import say
from maskgate.base.meters import Meters, in_background
from maskgate.base.sockets import listen
from maskgate.console.app import create_app
from maskgate.console.context import Context
from maskgate.console.counting import Counting
from maskgate.console.feed import Feed
from maskgate.console.heart import Heart
from maskgate.console.index import Index
from maskgate.console.memory import Memory
from maskgate.console.notifier import Pulse
from maskgate.crypto import role_keys, signing
from maskgate.gate.wire import Wire
from maskgate.lineage.ask.rollup import Rollup
from maskgate.masking.texts import Texts


def build(settings: Settings) -> tuple[Context, Feed]:
    """The context of a console on a broker, and the thread that keeps its index up."""
    folder = settings.pipeline.state_dir / "console"
    path: Path | str = ":memory:" if settings.kafka.embedded else folder / "index.sqlite"
    index = Index(path)
    keys = settings.pipeline.state_dir / "keys"
    pulse, heart = Pulse(), Heart()
    feed = Feed(settings.kafka, index, pulse, heart)
    gate = keys / "gate.pub"
    own = role_keys.signer(settings, "console")
    context = Context(
        settings=settings,
        index=index,
        wire=Wire(settings.kafka),
        texts=Texts(settings),
        intake=role_keys.signer(settings, "intake"),
        gate_public=signing.load_public(gate) if gate.exists() else None,
        session_signer=own if settings.console.allow_session_votes else None,
        claims_signer=_claims_signer(settings, own),
        pulse=pulse,
        heart=heart,
        caught_up=feed.caught_up,
        memory=Memory(folder / "memory.sqlite", time.time()),
        rollup=Rollup(":memory:" if settings.kafka.embedded else folder / "lineage.sqlite", settings.lineage.dir),
    )
    return context, feed


def _claims_signer(settings: Settings, own: signing.Signer | None) -> signing.Signer | None:
    """What signs the groups that a provider names.

    Raises:
        ConfigurationError: groups are wanted, and there is no key that could sign them.
    """
    if not any(provider.groups_claim for provider in settings.console.providers):
        return None
    if own is None:
        raise ConfigurationError(
            "console.providers: groups need a key of this console; run `maskgate keys create console` and enrol it"
        )
    return own


def main(settings: Settings) -> None:
    """Serve until SIGTERM."""
    listener = listen(settings.console.host, settings.console.port, "console.port")
    context, feed = build(settings)
    counting = Counting(context.rollup) if context.rollup else None
    feed.start()
    if counting:
        counting.start()
    in_background(
        Meters(settings.pipeline.state_dir, "console"),
        lambda: "" if feed.caught_up.is_set() else feed.last_error or "reading the log up to its end",
    )
    host, port = listener.getsockname()[:2]
    scheme = "https" if settings.console.tls_cert else "http"
    say("console", "listening", url=f"{scheme}://{'localhost' if host in ('127.0.0.1', '::1') else host}:{port}")
    app = create_app(context)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=3, **tls(settings)
    )
    uvicorn.Server(config).run(sockets=[listener])
    feed.stop()
    if counting:
        counting.stop()
    say("console", "stopped")


def tls(settings: Settings) -> dict[str, Any]:
    """What the web server needs to speak TLS itself; nothing where a proxy does.

    Raises:
        ConfigurationError: certificate or key cannot be read, do not fit, or others may read the key.
    """
    console = settings.console
    if console.tls_cert is None or console.tls_key is None:
        return {}
    filemodes.check_secret(console.tls_key)
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(console.tls_cert, console.tls_key)
    except (OSError, ssl.SSLError) as error:
        why = type(error).__name__ if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigurationError(f"console.tls_cert and console.tls_key: cannot be used: {why}") from None
    return {"ssl_certfile": console.tls_cert, "ssl_keyfile": console.tls_key}
