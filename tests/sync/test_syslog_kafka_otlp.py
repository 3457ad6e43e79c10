"""Syslog over TLS, another Kafka topic, and OTLP, against receivers that check what they get."""

from __future__ import annotations

import json
import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.fake_audit import TOPIC_ID, FakeLog, courier, drain, entry, http_receiver
from fakes.secure_kafka import Authority
from maskgate.base.config import AuditSink, Kafka
from maskgate.base.errors import ConfigurationError
from maskgate.kafka import topics
from maskgate.local.brokers import read_to_end, start_embedded
from maskgate.sync import make
from maskgate.sync.entry import Entry, Item, NotTaken
from maskgate.sync.form import plain

MESSAGE = re.compile(
    r"<(?P<pri>\d{1,3})>1 (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) (?P<host>[!-~]{1,255}) "
    r"maskgate - (?P<kind>[!-~]{1,32}) "
    r'\[origin software="maskgate" swVersion="[^"\\\]]+"\]\[meta sequenceId="(?P<n>\d+)"\] (?P<text>.*)',
    re.DOTALL,
)  # RFC 5424, 6


def items(*offsets: int, **more: object) -> list[Item]:
    return [Item(entry(n, **more), plain(entry(n, **more), TOPIC_ID), f"{TOPIC_ID}/0/{n}") for n in offsets]


class Receiver(socketserver.ThreadingTCPServer):
    """A syslog receiver over TLS that takes octet-counted frames only; ``drop_after``: how many, then it hangs up."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self, cert: Path, key: Path, port: int = 0, client_ca: Path | None = None) -> None:
        self.texts: list[str] = []
        self.wrong: list[str] = []
        self.drop_after: int | None = None
        self.connections = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(cert, key)
        if client_ca:
            self._context.load_verify_locations(client_ca)
            self._context.verify_mode = ssl.CERT_REQUIRED
        super().__init__(("127.0.0.1", port), socketserver.BaseRequestHandler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """One connection."""
        try:
            stream = self._context.wrap_socket(request, server_side=True)
        except OSError as error:
            self.wrong.append(type(error).__name__)
            return
        self.connections += 1
        taken = 0
        with stream, stream.makefile("rb") as file:
            while digits := file.read(1):
                while not digits.endswith(b" "):
                    digits += file.read(1)
                if not re.fullmatch(rb"[1-9]\d* ", digits):  # RFC 6587, 3.4.1
                    self.wrong.append("no length")
                    return
                self.texts.append(file.read(int(digits)).decode())
                taken += 1
                if taken == self.drop_after:
                    return

    def end(self) -> None:
        """Hang up."""
        self.shutdown()
        self.server_close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def receiver(authority: Authority) -> Iterator[Receiver]:
    found = Receiver(*authority.issue("siem"))
    yield found
    found.end()


def syslog(receiver: Receiver, authority: Authority, **more: Any) -> Any:
    found = {"name": "siem", "kind": "syslog", "host": "127.0.0.1", "port": receiver.server_address[1]}
    return make.sink(AuditSink.model_validate(found | {"ca": str(authority.file)} | more), Kafka())


def arrived(receiver: Receiver, n: int) -> list[str]:
    """Its messages, once there are ``n``: the bytes have arrived before the receiver has read them."""
    waiting = threading.Event()
    for _ in range(500):
        if len(receiver.texts) >= n:
            break
        waiting.wait(0.01)
    return receiver.texts


def test_syslog_messages_are_of_the_rfc_and_in_order(receiver: Receiver, authority: Authority, tmp_path: Path) -> None:
    """Framed by length, so that a line break or a frame in the text begins no message; facility 'log audit'."""
    log = FakeLog([entry(0), entry(1, note="ä\n9 <1>1 forged"), entry(2, alarm=True), Entry(3, 10**18, b"\xff")])
    one = courier(tmp_path, log, syslog(receiver, authority))
    one.start()
    assert drain(one) == 0.0, one.trouble
    found = [MESSAGE.fullmatch(text) for text in arrived(receiver, 4)]
    one.close()
    assert all(found) and not receiver.wrong and receiver.connections == 1
    assert [m["n"] for m in found if m] == ["1", "2", "3", "4"]
    assert [divmod(int(m["pri"]), 8) for m in found if m] == [(13, 4), (13, 4), (13, 2), (13, 4)]
    assert [m["kind"] for m in found if m] == ["refused", "refused", "refused", "-"]
    assert json.loads(found[1]["text"])["event"]["note"] == "ä\n9 <1>1 forged"  # type: ignore[index]


def test_a_syslog_receiver_that_hangs_up_gets_all_again_from_the_cursor(
    receiver: Receiver, authority: Authority, tmp_path: Path
) -> None:
    """What was in flight may come twice; nothing is missing, nothing out of order within a try."""
    receiver.drop_after = 4
    one = courier(tmp_path, FakeLog([entry(n) for n in range(12)]), syslog(receiver, authority))
    one.start()
    for _ in range(50):
        if drain(one) == 0.0:
            break
    arrived(receiver, 12)
    one.close()
    assert one.next == 12 and receiver.connections > 1
    numbers = [int(m["n"]) for text in receiver.texts if (m := MESSAGE.fullmatch(text))]
    assert set(numbers) >= set(range(1, 10)), "entries that were confirmed before the last hang-up are missing"
    assert numbers == sorted(numbers) or len(numbers) > len(set(numbers))


def test_syslog_down_and_back(authority: Authority, tmp_path: Path) -> None:
    """No receiver: the entries wait; then they come."""
    first = Receiver(*authority.issue("siem"))
    sink, port = syslog(first, authority), first.server_address[1]
    first.end()
    one = courier(tmp_path, FakeLog([entry(n) for n in range(5)]), sink)
    one.start()
    assert drain(one) > 0 and "did not take it" in one.trouble
    back = Receiver(*authority.issue("siem"), port=port)
    assert drain(one) == 0.0
    assert len(arrived(back, 5)) == 5
    one.close()
    back.end()


def test_a_syslog_receiver_of_another_authority_gets_nothing(receiver: Receiver, tmp_path: Path) -> None:
    """A refusal, said with the reason; not one message leaves."""
    sink = syslog(receiver, Authority(tmp_path / "other", "other"))
    with pytest.raises(NotTaken, match="certificate is not believed") as error:
        sink.send(items(0))
    assert error.value.refused and receiver.texts == []


def test_syslog_shows_its_certificate(authority: Authority) -> None:
    """mTLS: a receiver that asks for one takes us with it."""
    asking = Receiver(*authority.issue("siem"), client_ca=authority.file)
    cert, key = authority.issue("maskgate")
    with_it = syslog(asking, authority, certificate=str(cert), certificate_key=str(key))
    with_it.send(items(0))
    assert len(arrived(asking, 1)) == 1
    with_it.close()
    asking.end()


def test_entries_lie_in_one_partition_of_another_topic_in_their_order(tmp_path: Path) -> None:
    """With their ids as headers."""
    broker = start_embedded()
    try:
        sink = make.sink(AuditSink(name="lake", kind="kafka", topic="audit.copy", batch=4), broker.kafka)
        one = courier(tmp_path, FakeLog([entry(n) for n in range(10)]), sink, batch=4)
        one.start()
        while drain(one):
            pass
        one.close()
        found = list(read_to_end(broker.kafka, ["audit.copy"]))
    finally:
        broker.stop()
    assert [json.loads(m.value() or b"")["offset"] for m in found] == list(range(10))
    assert len({m.partition() for m in found}) == 1
    assert dict(found[3].headers() or [])["maskgate.audit-id"] == f"{TOPIC_ID}/0/3".encode()


@pytest.mark.parametrize("topic", [topics.LOG, topics.VOTES, topics.LINEAGE])
def test_a_topic_of_our_own_is_refused(topic: str) -> None:
    """The log sent to the log would never end."""
    with pytest.raises(ConfigurationError, match="one of maskgate's own"):
        make.sink(AuditSink(name="lake", kind="kafka", topic=topic), Kafka())


def test_a_kafka_that_is_down_keeps_the_entries_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not confirmed is not taken."""
    monkeypatch.setattr("maskgate.sync.sinks.kafka._TIMEOUT_S", 0.5)
    sink = make.sink(AuditSink(name="lake", kind="kafka", topic="copy", bootstrap_servers="127.0.0.1:1"), Kafka())
    with pytest.raises(NotTaken) as error:
        sink.send(items(0))
    assert not error.value.refused
    sink.close()


def otlp(url: str, **more: Any) -> Any:
    found = {"name": "otel", "kind": "otlp", "url": f"{url}/v1/logs", "allow_plain": True}
    return make.sink(AuditSink.model_validate(found | more), Kafka())


def test_otlp_logs_are_what_the_protocol_s_own_types_read() -> None:
    """The JSON is parsed by the published protobuf classes; unknown fields would be an error."""
    service = pytest.importorskip("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
    from google.protobuf import json_format

    with http_receiver(lambda post: (200, {})) as (url, got):
        sink = otlp(url, secret="t0ken")
        sink.send([*items(0, nested={"a": [1, None, True, 2.5]}, big=1 << 70), *items(1, alarm=True)])
        sink.close()
    assert (got[0].method, got[0].path, got[0].headers["content-type"]) == ("POST", "/v1/logs", "application/json")
    assert got[0].headers["authorization"] == "Bearer t0ken"
    read = json_format.Parse(got[0].body, service.ExportLogsServiceRequest())
    first, second = read.resource_logs[0].scope_logs[0].log_records
    assert first.time_unix_nano == entry(0).at_ms * 1_000_000 and second.severity_number == 18
    assert first.event_name == "maskgate.refused" and first.body.kvlist_value.values
    assert {a.key: a.value.string_value for a in second.attributes}["log.record.uid"] == f"{TOPIC_ID}/0/1"


def test_records_that_otlp_rejects_within_a_success_are_refused_not_lost() -> None:
    """The protocol lets a receiver drop them with a 200."""
    for body, rejected in ((b'{"partialSuccess":{"rejectedLogRecords":"2"}}', True), (b"{}", False), (b"no", False)):
        with http_receiver(lambda post: (200, {}), body=body) as (url, _):
            sink = otlp(url)
            if rejected:
                with pytest.raises(NotTaken, match="rejected 2") as error:
                    sink.send(items(0))
                assert error.value.refused
            else:
                sink.send(items(0))
            sink.close()
