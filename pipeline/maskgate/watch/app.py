"""The faust app: one agent on the approval log, one on lineage, two timers.

At least once, ``concurrency=1``, no Tables: see docs/decisions/two-engines.md. An agent that raises would commit
what it did not do, so every body catches everything, and a record counts as read only after its notice or its count
is in a file.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import faust
from faust.auth import OAuthCredentials, SASLCredentials, SSLCredentials

from maskgate.base.config import Kafka, Settings
from maskgate.base.errors import MaskgateError
from maskgate.base.log import adopt, say
from maskgate.base.meters import Meters
from maskgate.kafka import admin, topics
from maskgate.kafka.topic_id import topic_id
from maskgate.lineage.wire import codec
from maskgate.watch import undelivered
from maskgate.watch.delivery import outboxes
from maskgate.watch.drift import Drift
from maskgate.watch.feed import Feed
from maskgate.watch.notices import OpenRequests, from_log
from maskgate.watch.outbox import Outbox
from maskgate.watch.situations import Situation, Situations
from maskgate.watch.tokens import Tokens
from maskgate.watch.transport import CommittedTransport
from maskgate.watch.usage import Usage

_BATCH = 500
_WITHIN_S = 0.25
_REPLAY_S = 600.0


class Watch:
    """What the agents do, without faust: tests drive it directly."""

    def __init__(self, settings: Settings, lineage_id: str = "", log_id: str = topics.LOG) -> None:
        """The ids of the two topics: one that was created anew starts over, with numbers that were seen before."""
        state_dir = settings.pipeline.state_dir
        self._base = settings.watch.link_base or (settings.console.origins[0] if settings.console.origins else "")
        self._log_id = log_id
        self.feed = Feed(state_dir)
        self.usage = Usage(state_dir, lineage_id)
        self.drift = Drift(state_dir, lineage_id, settings.drift.learn_records, settings.drift.least)
        self.open = OpenRequests(self._base)
        self.situations = Situations()
        self._folded = -1
        self.failures = 0

    def replay(self, records: Iterable[tuple[int, bytes]]) -> None:
        """Learn which requests wait from the log so far; gives no notices."""
        for offset, value in records:
            self._guard(lambda o=offset, v=value: self._replay_one(o, v))  # type: ignore[misc]

    def _replay_one(self, offset: int, value: bytes) -> None:
        event = json.loads(value)
        self.open.fold(event, offset)
        self._situation(value, event, offset)

    def log_record(self, partition: int, offset: int, value: bytes | None) -> None:
        """Take one record of ``.log``; a notice is in the feed when this returns."""
        self._guard(lambda: self._log_record(partition, offset, value))

    def _log_record(self, partition: int, offset: int, value: bytes | None) -> None:
        event = json.loads(value or b"null")
        if not isinstance(event, dict):
            raise ValueError("a log record is an object")
        self.open.fold(event, offset)
        now = self._situation(value or b"null", event, offset)
        notice = from_log(event, f"{self._log_id}/{partition}/{offset}", self._base, now)
        if notice is not None:
            self.feed.add(notice)

    def _situation(self, value: bytes, event: Mapping[str, Any], offset: int) -> Situation | None:
        """The request of this event as it is now; None where the event is of a newer version: the notice still goes."""
        if offset <= self._folded:
            return None
        self._folded = offset
        try:
            current = self.situations.fold(value)
            return self.situations.of(current, int((event.get("meta") or {}).get("at") or 0)) if current else None
        except Exception as error:
            say("watch", "situation_unknown", level="warning", error=type(error).__name__)
            return None

    def lineage_batch(self, records: Sequence[tuple[int, int, bytes | None]]) -> None:
        """Count lineage records (partition, offset, value); the counts are in their file when this returns."""

        def count() -> None:
            for partition, offset, value in records:
                try:
                    event = codec.current().decode(value or b"")
                    if self.usage.add(event, partition, offset):
                        for notice in self.drift.add(event):
                            self.feed.add(notice)
                except (MaskgateError, KeyError, TypeError, ValueError):
                    self.usage.skip(partition, offset)
            self.drift.save()  # before the counts: a batch that comes again may count twice, and never not at all
            self.usage.save()

        self._guard(count)

    def remind(self, now_ms: int) -> None:
        """Give the reminders that are due."""
        self._guard(lambda: [self.feed.add(notice) for notice in list(self.open.due(now_ms))])

    def _guard(self, act: Callable[[], object]) -> None:
        """Do it; a failure is counted and said, without what it was about."""
        try:
            act()
        except Exception as error:
            self.failures += 1
            say("watch", "failed", error=type(error).__name__, failures=self.failures)


def broker_urls(kafka: Kafka) -> list[str]:
    """The brokers as faust wants them."""
    return [f"aiokafka://{server.strip()}" for server in kafka.bootstrap_servers.split(",")]


def credentials(kafka: Kafka) -> Any:
    """faust's credentials for our settings; None on a plain connection."""
    context = None
    if kafka.security_protocol.endswith("SSL"):
        context = ssl.create_default_context(cafile=kafka.ssl_ca_location or None)
        if kafka.ssl_certificate_location:
            password = kafka.ssl_key_password.get_secret_value() or None
            context.load_cert_chain(kafka.ssl_certificate_location, kafka.ssl_key_location, password)
    if kafka.oauth:
        return OAuthCredentials(oauth_cb=Tokens(kafka), ssl_context=context)
    if kafka.security_protocol.startswith("SASL"):
        return SASLCredentials(
            username=kafka.sasl_username,
            password=kafka.sasl_password.get_secret_value(),
            ssl_context=context,
            mechanism=kafka.sasl_mechanism,
        )
    if context is not None:
        return SSLCredentials(context)
    return None


class App(faust.App):
    """A faust app that reads committed data only."""

    def _new_transport(self) -> Any:
        return CommittedTransport(self.conf.broker_consumer, self)


def build(settings: Settings, watch: Watch, boxes: Sequence[Outbox]) -> App:
    """The app with its agents and timers."""
    meters = Meters(settings.pipeline.state_dir, "watch")
    app = App(
        topics.group(settings.pipeline.name, "watch"),
        broker=broker_urls(settings.kafka),
        broker_credentials=credentials(settings.kafka),
        broker_session_timeout=10.0,
        broker_heartbeat_interval=3.0,
        broker_request_timeout=30.0,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        store="memory://",
        datadir=str(settings.pipeline.state_dir / "watch"),
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        value_serializer="raw",
        key_serializer="raw",
    )
    log = app.topic(topics.LOG, internal=False, value_type=bytes)
    lineage = app.topic(topics.LINEAGE, internal=False, value_type=bytes)

    @app.agent(log, concurrency=1)
    async def on_log(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            watch.log_record(message.partition, message.offset, message.value)

    @app.agent(lineage, concurrency=1)
    async def on_lineage(stream: Any) -> None:
        async for batch in stream.take_events(_BATCH, within=_WITHIN_S):
            watch.lineage_batch([(e.message.partition, e.message.offset, e.message.value) for e in batch])

    @app.timer(interval=settings.watch.tick)  # type: ignore[untyped-decorator]
    async def on_tick() -> None:
        watch.remind(time.time_ns() // 1_000_000)

    for outbox in boxes:
        _deliver_every_second(app, outbox)

    @app.timer(interval=1.0)  # type: ignore[untyped-decorator]
    async def on_second() -> None:
        _show(meters, settings.pipeline.state_dir, watch, boxes)

    return app


def _deliver_every_second(app: App, outbox: Outbox) -> None:
    """A timer of its own for each channel: a slow one holds up no other."""

    @app.timer(interval=1.0, name=f"outbox-{outbox.channel.name}")  # type: ignore[untyped-decorator]
    async def on_outbox() -> None:
        try:
            await outbox.deliver()
        except Exception as error:
            say("watch", "channel_failed", level="warning", channel=outbox.channel.name, error=type(error).__name__)


def _show(meters: Meters, state_dir: Path, watch: Watch, boxes: Sequence[Outbox]) -> None:
    """Let the monitor know."""
    meters.ready = True
    entries = undelivered.read(state_dir)
    for outbox in boxes:
        name = outbox.channel.name
        for result, n in outbox.counts.items():
            meters.set("maskgate_notices_total", n, channel=name, result=result)
        meters.set("maskgate_notices_waiting", outbox.waiting, channel=name)
        meters.set("maskgate_notices_kept", sum(entry.get("channel") == name for entry in entries), channel=name)
    meters.set("maskgate_watch_failures_total", watch.failures)
    kept = len(entries)
    meters.notes = [f"{kept} notices were not delivered; see `maskgate watch redeliver`"] if kept else []
    meters.flush()


class Worker(faust.Worker):
    """A faust worker that leaves the log as it is: its lines take the form of ours."""

    def _setup_logging(self) -> None:
        adopt("watch")


def main(settings: Settings) -> None:
    """Run the watch until SIGTERM or Ctrl-C."""
    codec.use_registry(settings.lineage.registry_url)
    watch = Watch(settings, topic_id(settings), topic_id(settings, topics.LOG))
    history = admin.read_to_end(settings.kafka, [topics.LOG], timeout_s=_REPLAY_S)
    watch.replay((message.offset() or 0, message.value() or b"null") for message in history)
    boxes = outboxes(settings)
    say("watch", "started", open_requests=len(watch.open))
    worker = Worker(build(settings, watch, boxes), loglevel="WARNING", redirect_stdouts=False, quiet=True)
    worker.spinner = None  # it writes cursor codes into the log of the role
    worker.execute_from_commandline()
