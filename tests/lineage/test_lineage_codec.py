"""The Confluent wire format with a registry that speaks its API, and what a sink does when the disk fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import maskgate_schemas
from fakes.lineage_rows import T0, event_bytes
from fakes.lineage_store import writer as writer_of
from maskgate.base.errors import ConfigurationError, RecordError, WorldError
from maskgate.lineage.event import LineageEvent
from maskgate.lineage.sinks import claims
from maskgate.lineage.wire import codec
from maskgate.lineage.wire.codec import decode, encode


class FakeRegistry(HTTPServer):
    """The two calls of a registry that lineage makes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.schemas: dict[int, str] = {1: '"string"'}
        self.status = 200
        self.calls: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeRegistry

    def _answer(self, tree: object) -> None:
        self.server.calls.append(f"{self.command} {self.path}")
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps(tree).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = {text: number for number, text in self.server.schemas.items()}
        number = known.setdefault(body["schema"], max(self.server.schemas) + 1)
        self.server.schemas[number] = body["schema"]
        self._answer({"id": number})

    def do_GET(self) -> None:
        self._answer({"schema": self.server.schemas.get(int(self.path.rsplit("/", 1)[1]), '"null"')})

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    """A registry on a free port; the process's codec is as before afterwards."""
    server = FakeRegistry()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    before = list(codec._current)
    yield server
    codec._current[:] = before
    server.shutdown()
    thread.join()
    server.server_close()


EVENT = LineageEvent("ab" * 16, "denied", 5, request_id="r1")


def test_rows_carry_the_registrys_id(registry: FakeRegistry) -> None:
    """Magic 0, the id of the schema, the same body as without a registry."""
    plain = encode(EVENT)
    codec.use_registry(registry.url + "/")
    raw = encode(EVENT)
    assert raw[:5] == b"\x00\x00\x00\x00\x02"
    assert raw[5:] == plain[10:]
    assert registry.schemas[2] == maskgate_schemas.text(maskgate_schemas.versions("lineage_event")[-1])
    assert registry.calls == ["POST /subjects/maskgate.lineage-value/versions"]


def test_both_formats_are_read_while_a_topic_holds_both(registry: FakeRegistry) -> None:
    """A sink that was given a registry reads older rows, too, and asks for each id once."""
    plain = encode(EVENT)
    codec.use_registry(registry.url)
    raw = encode(EVENT)
    registry.calls.clear()
    assert decode(plain) == decode(raw) == decode(raw)
    assert registry.calls == ["GET /schemas/ids/2"]


def test_registry_rows_without_a_registry_are_said() -> None:
    """The row is not guessed at."""
    with pytest.raises(RecordError, match="registry_url"):
        decode(b"\x00\x00\x00\x00\x02" + encode(EVENT)[10:])


@pytest.mark.parametrize(("status", "error"), [(409, ConfigurationError), (500, WorldError), (401, WorldError)])
def test_a_registry_that_refuses_stops_the_start(registry: FakeRegistry, status: int, error: type[Exception]) -> None:
    """No row is written in a format that readers could not resolve."""
    registry.status = status
    with pytest.raises(error):
        codec.use_registry(registry.url)


def test_no_registry_answers() -> None:
    """Nobody listens: the world is wrong."""
    with pytest.raises(WorldError, match="does not answer"):
        codec.use_registry("http://127.0.0.1:1")


def test_a_full_disk_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sink ends with an error, no claim and no temp file; the rows come again from Kafka."""
    import os

    claims.prepare(tmp_path)
    writer = writer_of(tmp_path)
    writer.add(0, T0, event_bytes(0))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(WorldError, match="No space left"):
            writer.flush()
    assert not list(tmp_path.glob(f"{claims.TEMP}*")) and not list(claims.names(tmp_path))
    assert writer.flush() is not None
