"""The mistakes that everybody makes once: one line that names what is wrong and the cure, and the right exit code."""

from __future__ import annotations

import io
import socket
import sys
from pathlib import Path

import pytest
from confluent_kafka import KafkaError

from kafka_fixtures import Broker
from maskgate.base.errors import MaskgateError
from maskgate.base.sockets import listen
from maskgate.cli import main
from maskgate.crypto.keyring import Keyring
from maskgate.kafka.client import failure
from maskgate.kafka.topics import TopicSpec
from maskgate.local import brokers

EVENT = '{"email":"jane@example.com"}\n'


def config(text: str) -> list[str]:
    Path("maskgate.yaml").write_text(text)
    return ["config", "show"]


def no_broker() -> list[str]:
    return ["topics", "check", "-b", "localhost:1"]


def broken_yaml() -> list[str]:
    return config('kafka:\n  bootstrap_servers: "a\n')


def unknown_key() -> list[str]:
    return config("kafka:\n  bootstrap_server: x:9092\n")


def wrong_policy_path() -> list[str]:
    Path("e.ndjson").write_text(EVENT)
    return ["mask", "-p", "polcy.yaml", "e.ndjson"]


def unknown_profile() -> list[str]:
    Path("e.ndjson").write_text(EVENT)
    return ["mask", "-p", "gpdr", "e.ndjson"]


def open_key() -> list[str]:
    Path("me.pem").write_text("x")
    Path("me.pem").chmod(0o644)
    return ["approvals", "list", "--key", "me.pem"]


def bucket() -> list[str]:
    return config("lineage:\n  dir: s3://bucket/lineage\n")


def unknown_model() -> list[str]:
    Path("e.ndjson").write_text(EVENT)
    return ["mask", "--model", "en_core_web_huge", "e.ndjson"]


def unknown_command() -> list[str]:
    return ["maks"]


MISTAKES = [
    (no_broker, 3, ("localhost:1", "kafka.bootstrap_servers", "that the broker runs")),
    (broken_yaml, 2, ("maskgate.yaml:", "not YAML")),
    (unknown_key, 2, ("maskgate.yaml:2", "did you mean 'bootstrap_servers'?")),
    (wrong_policy_path, 2, ("polcy.yaml", "names a policy file, a folder of them, or a profile")),
    (unknown_profile, 2, ("gpdr", "did you mean 'gdpr'?")),
    (open_key, 2, ("me.pem", "chmod 600 me.pem")),
    (bucket, 2, ("lineage.dir", "write a local folder here, a URL in lineage.store")),
    (unknown_model, 2, ("en_core_web_huge", "install the spaCy package")),
    (unknown_command, 2, ("maks", "did you mean 'mask'?")),
]


@pytest.mark.parametrize(("make", "code", "said"), MISTAKES, ids=[make.__name__ for make, _, _ in MISTAKES])
def test_a_typical_mistake_is_answered_with_the_cure(
    make: object,
    code: int,
    said: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No traceback, nothing on stdout that could be taken for data."""
    monkeypatch.chdir(tmp_path)
    assert callable(make)
    monkeypatch.setattr(sys, "argv", ["maskgate", *make()])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert ended.value.code == code, told.err
    assert "Traceback" not in told.err
    assert "jane@example.com" not in told.out + told.err
    for words in said:
        assert words in told.err


def test_a_port_in_use_is_named_with_its_setting() -> None:
    """Not the error of the operating system alone."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(MaskgateError, match=r"is in use; .* choose another console.port"),
    ):
        listen("127.0.0.1", taken.getsockname()[1], "console.port")


def test_a_missing_keyring_says_how_to_make_one(tmp_path: Path) -> None:
    """And none is made in silence: its tokens would join with nothing."""
    with pytest.raises(MaskgateError, match="no keyring; make one with 'maskgate keys create'"):
        Keyring.load(tmp_path)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("produce", "-t", "orders"), "`maskgate topics create` makes those of pipeline.topics"),
        (("consume", "-t", "orders", "-e"), "`maskgate topics create` makes those of pipeline.topics"),
        (("profile", "-t", "invoces"), "did you mean 'invoices'?"),
        (("dlq", "list"), "events.dlq: no such topic; "),
    ],
    ids=["produce", "consume", "profile with a slip of the pen", "dead letters"],
)
def test_a_missing_topic_is_named_with_the_way_to_make_it(
    command: tuple[str, ...],
    said: str,
    embedded_broker: Broker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing waits for a topic that is not there, and nobody makes it in passing: it may be a slip of the pen."""
    monkeypatch.chdir(tmp_path)
    server = embedded_broker.kafka.bootstrap_servers
    brokers.ensure_topics(embedded_broker.kafka, [TopicSpec("invoices", 1)])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(EVENT.encode())))
    monkeypatch.setattr(sys, "argv", ["maskgate", *command, "-b", server])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert ended.value.code == 3
    assert "no such topic" in told.err and said in told.err
    assert "Traceback" not in told.err and "jane@example.com" not in told.out + told.err


@pytest.mark.parametrize("code", [KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._ALL_BROKERS_DOWN])
def test_a_broker_that_does_not_answer_a_reader_is_answered_with_the_cure(code: int) -> None:
    """Every command that reads a topic says it, not only those that look at the topics first."""
    assert "kafka.bootstrap_servers and that the broker runs" in str(failure(KafkaError(code), "read events.dlq"))
