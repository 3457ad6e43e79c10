"""produce, consume, topics and run, as a person at a terminal uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kafka_fixtures import Broker
from maskgate.base.errors import ConfigurationError
from maskgate.kafka import kcat


def maskgate(
    *args: str, stdin: bytes = b"", cwd: Path | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[bytes]:
    """Run the command."""
    command = [sys.executable, "-m", "maskgate", *args]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, timeout=timeout, check=False)


@pytest.mark.kafka
def test_what_was_produced_is_consumed(kafka_broker: Broker) -> None:
    """Lines, keys, headers, tombstones and bytes that are no text survive produce, consume -J and produce -J again."""
    first, second = kafka_broker.topic("a", 1), kafka_broker.topic("b", 1)
    b = kafka_broker.bootstrap
    done = maskgate(
        "produce", "-b", b, "-t", first, "-K", ":", "-H", "h=1", "-Z", stdin=b'k1:{"a":1.10}\nk2:\n\xff\xfe\n'
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"3 records written to %s\n" % first.encode())
    copy = maskgate("consume", "-b", b, "-t", first, "-e", "-J", "-q")
    assert maskgate("produce", "-b", b, "-t", second, "-J", stdin=copy.stdout).returncode == 0
    for topic in (first, second):
        got = [(m.key(), m.value(), m.headers()) for m in kafka_broker.read(topic)]
        headers = [("h", b"1")]
        assert got == [(b"k1", b'{"a":1.10}', headers), (b"k2", None, headers), (None, b"\xff\xfe", headers)]


@pytest.mark.kafka
def test_offsets_and_counts(kafka_broker: Broker) -> None:
    """-o takes absolute and relative offsets, -c stops, -e stops at the end."""
    topic, b = kafka_broker.topic("a", 1), kafka_broker.bootstrap
    maskgate("produce", "-b", b, "-t", topic, stdin=b"0\n1\n2\n3\n")
    for options, expected in (
        (("-o", "2", "-e"), b"2\n3\n"),
        (("-o", "-1", "-e"), b"3\n"),
        (("-c", "1"), b"0\n"),
        (("-o", "end", "-e"), b""),
        (("-o", "s@0", "-c", "4"), b"0\n1\n2\n3\n"),
    ):
        assert maskgate("consume", "-b", b, "-t", topic, *options).stdout == expected, options


@pytest.mark.kafka
def test_a_missing_topic_is_an_error(kafka_broker: Broker) -> None:
    """produce and consume on a topic that is not there end with 3 and name it."""
    for command in ("produce", "consume"):
        done = maskgate(command, "-b", kafka_broker.bootstrap, "-t", "not-there", stdin=b"x\n")
        assert done.returncode == 3
        assert b"not-there: no such topic" in done.stderr


@pytest.mark.slow
def test_no_broker_ends_with_3() -> None:
    """An address where nothing listens gives one line on stderr and exit 3."""
    done = maskgate("consume", "-b", "127.0.0.1:9", "-t", "x", "-X", "socket.timeout.ms=500")
    assert done.returncode == 3
    assert done.stderr.startswith(b"maskgate: no broker answers at 127.0.0.1:9")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.kafka
def test_topics_are_created_and_checked(kafka_clean: Broker, tmp_path: Path) -> None:
    """topics create makes what is missing, check agrees, and a wrong retention is named with the cure."""
    from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

    (tmp_path / "maskgate.yaml").write_text("pipeline: {topics: [topics-test], partitions: 2}\n")
    b = kafka_clean.bootstrap
    assert maskgate("topics", "check", "-b", b, cwd=tmp_path).returncode == 1
    assert maskgate("topics", "create", "-b", b, cwd=tmp_path).returncode == 0
    assert maskgate("topics", "check", "-b", b, cwd=tmp_path).returncode == 0
    short = ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, "maskgate.approvals.log", incremental_configs=[short])
    admin = AdminClient(kafka_clean.kafka.client())
    for future in admin.incremental_alter_configs([resource]).values():
        future.result()
    checked = maskgate("topics", "check", "-b", b, "--json", cwd=tmp_path)
    assert checked.returncode == 1
    (problem,) = json.loads(checked.stdout)["problems"]
    assert problem.startswith("maskgate.approvals.log: retention.ms=1000, must be -1")
    assert maskgate("topics", "create", "--alter", "-b", b, cwd=tmp_path).returncode == 0


def test_a_wrong_config_key_is_named(tmp_path: Path) -> None:
    """A misspelt key ends run with 2, file, line and the nearest spelling, before a byte is read."""
    (tmp_path / "maskgate.yaml").write_text("worker:\n  wrokers: 2\n")
    done = maskgate("run", "mask", cwd=tmp_path)
    assert done.returncode == 2
    assert b"maskgate.yaml:2: worker.wrokers: unknown key; did you mean 'workers'?" in done.stderr


@pytest.mark.parametrize(("text", "offset"), [("beginning", "beginning"), ("-5", -5), ("7", 7), ("s@12", "@12")])
def test_offsets_of_kcat(text: str, offset: object) -> None:
    """-o takes the forms of kcat."""
    assert kcat.parse_offset(text) == offset


def test_other_offsets_are_refused() -> None:
    """A form that is none of them is an error of usage."""
    with pytest.raises(ConfigurationError):
        kcat.parse_offset("yesterday")
