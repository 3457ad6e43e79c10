"""The HTTP door as a process: ``maskgate run api``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from maskgate.base.config import Settings
from maskgate.base.log import say
from maskgate.base.meters import Meters, in_background
from maskgate.base.sockets import listen
from maskgate.embed import Gate
from maskgate.gateway.app import Doors, create_app
from maskgate.gateway.clients import Client, Clients


def build(settings: Settings) -> Doors:
    """What the application works with; every policy is loaded now.

    Raises:
        ConfigurationError: clients, keys, policies or models are missing or wrong.
    """
    api = settings.api
    clients = Clients.read(api.clients, api.policies)
    return Doors(
        clients=clients,
        gate_of=_gates(settings, clients),
        max_event_bytes=settings.worker.max_record_bytes,
        max_batch_bytes=api.max_batch_bytes,
        per_minute=api.per_minute,
        session_ttl_s=api.session_ttl,
        litellm_images=api.litellm_images == "pass",
    )


def _gates(settings: Settings, clients: Clients) -> Callable[[Client], Gate]:
    """One gate a policy."""
    topic = settings.pipeline.topics[0] if settings.pipeline.topics else "events"
    gates: dict[str | None, Gate] = {}
    for client in clients:
        if client.policy not in gates:
            policy = settings.policy if client.policy is None else Path(client.policy)
            gates[client.policy] = Gate(settings.model_copy(update={"policy": policy}), topic, {}).load()
    return lambda client: gates[client.policy]


def main(settings: Settings) -> None:
    """Serve until SIGTERM."""
    import uvicorn

    app = create_app(build(settings))
    listener = listen(settings.api.host, settings.api.port, "api.port")
    host, port = listener.getsockname()[:2]
    in_background(Meters(settings.pipeline.state_dir, "api"), lambda: "")
    say("api", "listening", url=f"http://{'localhost' if host in ('127.0.0.1', '::1') else host}:{port}")
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=3)
    uvicorn.Server(config).run(sockets=[listener])
    say("api", "stopped")
