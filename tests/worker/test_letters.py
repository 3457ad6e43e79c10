"""Dead letters read back and replayed: the very record, to its own partition, once."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kafka_fixtures import Broker
from maskgate.base.records import Quarantined, Record
from maskgate.cli import cli
from maskgate.crypto.keyring import Keyring
from maskgate.kafka import topics
from maskgate.kafka.session import Out, Session, to_record
from maskgate.worker import dead_letter
from maskgate.worker.letters import Letter, Wanted

BODIES = [b"plain 0", b"078-05-1120 is no JSON", b"plain 2", b"deep 3"]


def write(broker: Broker, outs: list[Out]) -> None:
    """Put records on their topics."""
    session = Session(broker.kafka, group="fill", transactional_id=None, topics=[], partitions={})
    session.commit(outs, {})
    session.close()


@pytest.fixture
def place(embedded_broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Broker:
    """A topic with four records of partition 1, two of them dead-lettered, and the settings that find them."""
    monkeypatch.chdir(tmp_path)
    key = Keyring.create(tmp_path / ".maskgate").key("lineage").secret
    write(embedded_broker, [Out("events", body, b"k%d" % n, (("h", b"v"),), 1) for n, body in enumerate(BODIES)])
    source = [to_record(m) for m in embedded_broker.read("events")]
    reasons = {1: Quarantined("not_json", "at byte 0"), 3: Quarantined("too_deep")}
    letters = [
        dead_letter.build(source[n], why, mac_key=key, policy_version="v1", partition=1) for n, why in reasons.items()
    ]
    write(embedded_broker, letters)
    text = f"kafka: {{bootstrap_servers: '{embedded_broker.bootstrap}', embedded: true}}\n"
    (tmp_path / "maskgate.yaml").write_text(text)
    return embedded_broker


def run(*args: str) -> Result:
    """One command in the folder of the settings."""
    return CliRunner().invoke(cli, ["dlq", *args])


def source(broker: Broker) -> list[Record]:
    """What the input topic holds."""
    return [to_record(m) for m in broker.read("events")]


def test_they_are_listed_by_reason_and_time(place: Broker) -> None:
    """Each with its place and reason, filtered by reason and time, counted; never with what the record says."""
    every = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert [(e["id"], e["code"]) for e in every] == [("events/1/1", "not_json"), ("events/1/3", "too_deep")]
    assert run("list", "--reason", "too_*").stdout.startswith("events/1/3")
    assert run("list", "--since", "1h", "--count").stdout.split() == ["1", "not_json", "1", "too_deep"]
    assert run("list", "--until", "1h").stdout == ""
    assert "078-05" not in run("list").output + run("show", "events/1/1").output


def test_one_is_shown(place: Broker) -> None:
    """Everything that is known of it; one that is not there is said."""
    assert json.loads(run("show", "events/1/1").stdout)["detail"] == "at byte 0"
    missing = run("show", "events/1/0")
    assert missing.exit_code == 1


def test_a_replay_writes_the_record_behind_its_partition_once(place: Broker) -> None:
    """Key, headers and partition as they were, with the place it came from; a second replay has to be asked for."""
    assert run("replay", "--reason", "not_json", "--dry-run").exit_code == 0
    assert len(source(place)) == 4
    assert run("replay", "--reason", "not_json").exit_code == 0
    (again,) = source(place)[4:]
    assert (again.value, again.key, again.partition) == (BODIES[1], b"k1", 1)
    assert again.headers == (("h", b"v"), ("maskgate.replay", b"events/1/1"))
    second = run("replay", "events/1/1")
    assert second.exit_code == 1
    assert "was replayed before" in second.stdout
    assert len(source(place)) == 5
    assert run("replay", "events/1/1", "--again").exit_code == 0
    assert len(source(place)) == 6


def test_another_record_in_its_place_is_not_replayed(place: Broker, tmp_path: Path) -> None:
    """A topic that was created anew has other records at these offsets: the keyed digest tells."""
    ring = Keyring.load(tmp_path / ".maskgate")
    forged = Record("events", 1, 0, b"what was there before")
    why = Quarantined("not_json")
    write(place, [dead_letter.build(forged, why, mac_key=ring.key("lineage").secret, policy_version="v", partition=1)])
    gone = Record("events", 1, 900, b"x")
    write(place, [dead_letter.build(gone, why, mac_key=ring.key("lineage").secret, policy_version="v", partition=1)])
    found = run("replay", "events/1/0", "events/1/900")
    assert found.exit_code == 1
    assert "another record stands there now" in found.stdout
    assert "does not have it any more" in found.stdout
    assert len(source(place)) == 4


def test_a_replay_of_everything_is_asked_for(place: Broker) -> None:
    """No filter is no order to replay all."""
    refused = run("replay")
    assert refused.exit_code != 0
    assert len(source(place)) == 4
    assert run("replay", "--all").exit_code == 0
    assert len(source(place)) == 6


@pytest.mark.parametrize("args", [("list", "--since", "yesterday"), ("replay", "events-1")])
def test_a_wrong_time_or_id_is_said(place: Broker, args: tuple[str, ...]) -> None:
    """With how to write it."""
    assert "like" in str(run(*args).exception)


def test_a_span_of_time_ends_before_its_end() -> None:
    """Since is inside, until is not."""
    now = int(time.time() * 1000)
    letter = Letter(now, {"topic": "t", "partition": 0, "offset": 0, "code": "x"})
    assert Wanted(since_ms=now, until_ms=now + 1).takes(letter)
    assert not Wanted(since_ms=now - 1, until_ms=now).takes(letter)
    assert topics.dead_letters("t") == "t.dlq"
