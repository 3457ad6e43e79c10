"""Usage statistics and what the agents do, without faust."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.lineage_rows import USE, event_bytes
from maskgate.base.config import Kafka, Pipeline, Settings
from maskgate.lineage.wire.codec import decode
from maskgate.watch import feed, usage
from maskgate.watch.app import Watch, broker_urls, credentials
from maskgate.watch.usage import Usage


def settings(tmp_path: Path) -> Settings:
    return Settings(pipeline=Pipeline(state_dir=tmp_path))


def test_counts_by_topic_entity_and_policy(tmp_path: Path) -> None:
    """Records count by kind and topic, fields by entity and operator."""
    counts = Usage(tmp_path)
    for offset in range(3):
        counts.add(decode(event_bytes(offset, fields=(USE, USE))), 0, offset)
    counts.save()
    got = usage.read(tmp_path)
    assert got["kinds"] == {"masked": 3}
    assert got["topics"] == {"orders masked": 3}
    assert got["entities"] == {"orders EMAIL_ADDRESS pseudonym": 6}
    assert got["policies"] == {"default 7": 3}
    assert got["offsets"] == {"0": 3}


def test_delivered_twice_counted_once(tmp_path: Path) -> None:
    """After a restart, records that come again change nothing."""
    first = Usage(tmp_path, "tid")
    for offset in range(5):
        first.add(decode(event_bytes(offset)), 1, offset)
    first.save()
    again = Usage(tmp_path, "tid")
    assert [again.add(decode(event_bytes(offset)), 1, offset) for offset in range(3, 7)] == [False, False, True, True]
    assert again.as_dict()["kinds"] == {"masked": 7}


def test_a_topic_created_anew_starts_anew(tmp_path: Path) -> None:
    """Counts of a topic that is gone are not mixed with those of its successor."""
    first = Usage(tmp_path, "one")
    first.add(decode(event_bytes(9)), 0, 9)
    first.save()
    assert Usage(tmp_path, "two").add(decode(event_bytes(0)), 0, 0)


def test_names_cannot_fill_the_memory(tmp_path: Path) -> None:
    """Beyond a number of keys the rest is counted together."""
    counts = Usage(tmp_path)
    for n in range(6000):
        counts.add(decode(event_bytes(n, topic=f"t{n}")), 0, n)
    topics = counts.as_dict()["topics"]
    assert len(topics) == 5001 and topics["(other)"] == 1000


def test_an_agent_survives_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Garbage on either topic is counted and passed; its bytes are in no line."""
    watch = Watch(settings(tmp_path))
    for value in (b"marked-secret", None, b"[]", b'{"type": "request_opened", "request": "marked-secret"}', b"\xff"):
        watch.log_record(0, 1, value)
    watch.log_record(0, 9, json.dumps({"type": "review_overdue", "request_id": "r9"}).encode())
    watch.lineage_batch([(0, 0, b"marked-secret"), (0, 1, None), (0, 2, event_bytes(2))])
    assert [line["request_id"] for line in feed.read(tmp_path)] == ["r9"]
    assert usage.read(tmp_path)["kinds"] == {"masked": 1}
    assert usage.read(tmp_path)["offsets"] == {"0": 3}
    assert watch.failures == 5
    out, err = capsys.readouterr()
    assert "marked-secret" not in out + err


def test_a_full_disk_does_not_kill_the_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the outside is counted; the agent goes on with the next batch."""
    watch = Watch(settings(tmp_path))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("maskgate.watch.usage.replace_text", full)
        watch.lineage_batch([(0, 0, event_bytes(0))])
    watch.lineage_batch([(0, 1, event_bytes(1))])
    assert watch.failures == 1
    assert usage.read(tmp_path)["kinds"] == {"masked": 2}


def test_reminders_come_once(tmp_path: Path) -> None:
    """The same reminder is told once, also over a restart."""
    request = {"request_id": "r1", "created": 0, "expires_at": 100_000, "items": [{}]}
    event = json.dumps({"type": "request_opened", "request": request}).encode()
    for _ in range(2):
        watch = Watch(settings(tmp_path))
        watch.replay([(0, event)])
        watch.remind(90_000)
        watch.remind(91_000)
    assert [line["kind"] for line in feed.read(tmp_path)] == ["expiring"]


def test_brokers_and_credentials_as_faust_wants_them() -> None:
    """Several brokers and SCRAM come through."""
    kafka = Kafka(
        bootstrap_servers="a:1, b:2", security_protocol="SASL_PLAINTEXT", sasl_username="w", sasl_password="p"
    )
    assert broker_urls(kafka) == ["aiokafka://a:1", "aiokafka://b:2"]
    found = credentials(kafka)
    assert (found.username, found.password, found.mechanism.value) == ("w", "p", "SCRAM-SHA-512")
    assert credentials(Kafka()) is None
