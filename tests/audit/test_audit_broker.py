"""The audit and people commands against a broker."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes.fake_office import ISS, Office, key
from maskgate.approvals import events
from maskgate.approvals.model import InputRef, Meta
from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError
from maskgate.cli import cli
from maskgate.crypto import signing
from maskgate.gate.wire import Wire
from maskgate.kafka import kcat, topics
from maskgate.local.brokers import ensure_topics, read_to_end, start_embedded
from maskgate.people import changes as people_changes


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """An embedded broker with the log of a small office."""
    monkeypatch.chdir(tmp_path)
    running = start_embedded()
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    office.release(request)
    lines = [events.encode(event) for event in office.log]
    shape = kcat.Shape(key=None, key_delimiter=None, headers=(), empty_is_null=False, as_json=False)
    kcat.produce_lines(running.kafka, topics.LOG, lines, shape, 0)
    (tmp_path / "maskgate.yaml").write_text(f"kafka: {{bootstrap_servers: '{running.bootstrap}', embedded: true}}\n")
    yield running
    running.stop()


def test_the_log_is_verified_where_it_lies_and_after_its_export(broker: object, tmp_path: Path) -> None:
    """`audit verify` reads Kafka; `audit export` gives the same entries, which verify without it."""
    call = CliRunner().invoke
    here = call(cli, ["audit", "verify", "--json"])
    assert here.exit_code == 0, here.output
    exported = call(cli, ["audit", "export", "-o", str(tmp_path / "log")])
    assert exported.exit_code == 0, exported.output
    there = call(cli, ["audit", "verify", "--json", "--log", str(tmp_path / "log")])
    assert json.loads(here.stdout)["root"] == json.loads(there.stdout)["root"]
    assert json.loads(here.stdout)["releases"] == 1


def test_people_are_listed_from_the_log_and_changed_through_the_topic(broker: object, tmp_path: Path) -> None:
    """`people list` shows the registry of the log; a change is sent, and one the gate would refuse is not."""
    call = CliRunner().invoke
    listed = call(cli, ["people", "list", "--json"])
    assert listed.exit_code == 0, listed.output
    assert {row["person"] for row in json.loads(listed.stdout)["persons"]} >= {"anna", "frank"}
    gina = signing.create_key(tmp_path / "gina.pem")
    enrol = ["people", "enrol", "gina", "--name", "Gina", "--account", ISS, "gina", "--key", str(tmp_path / "gina.pub")]
    refused = call(cli, [*enrol, "--signer", str(tmp_path / "gina.pem")])
    assert refused.exit_code != 0
    assert "admin signature" in str(refused.exception)
    admin = write_key(tmp_path / "admin.pem", key("admin"))
    sent = call(cli, [*enrol, "--signer", str(tmp_path / "gina.pem"), "--signer", str(admin), "--wait", "0"])
    assert sent.exit_code == 0, sent.output
    change = [m.value() for m in read_to_end(broker.kafka, [topics.PEOPLE])]  # type: ignore[attr-defined]
    assert len(change) == 1
    assert people_changes.payload(change[0])["body"]["keys"] == [{"public": gina.public.hex()}]


@pytest.mark.parametrize("refusal", ["", "the cooling time is not over"])
def test_a_change_waits_for_the_gate_and_says_its_answer(broker: object, tmp_path: Path, refusal: str) -> None:
    """The command ends when the log has the gate's event for this very message; a refusal is its error."""
    kafka = broker.kafka  # type: ignore[attr-defined]

    def gate() -> None:
        until = time.monotonic() + 30
        while not (found := list(read_to_end(kafka, [topics.PEOPLE]))) and time.monotonic() < until:
            time.sleep(0.1)
        meta = Meta(1, InputRef(topics.PEOPLE, found[0].offset() or 0, 1), 6)
        other = Meta(1, InputRef(topics.VOTES, found[0].offset() or 0, 1), 6)
        answer = events.Refused(meta=meta, code="not_authorised", message=refusal, command="ChangePeople")
        changed = events.PeopleChanged(meta=meta, change="away", envelope="")
        noise = events.Refused(meta=other, code="bad_vote", message="of another message", command="CastVote")
        wire = Wire(kafka)
        wire.send_all(topics.LOG, [(None, events.encode(e)) for e in (noise, answer if refusal else changed)])
        wire.close()

    ensure_topics(kafka, topics.control_specs())
    admin = write_key(tmp_path / "admin.pem", key("admin"))
    thread = threading.Thread(target=gate)
    thread.start()
    away = ["people", "away", "anna", "--from", "2026-01-01", "--to", "2026-02-01", "--signer", str(admin)]
    result = CliRunner().invoke(cli, [*away, "--wait", "30"])
    thread.join()
    if refusal:
        assert str(result.exception) == f"the gate refused it: {refusal}"
    else:
        assert "accepted by the gate; it counts from now on (people version 7)" in result.stderr


def write_key(path: Path, signer: signing.FileSigner) -> Path:
    """A test key as a file."""
    from cryptography.hazmat.primitives import serialization as form

    pem = signer._key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    filemodes.write_secret(path, pem)
    return path


def test_the_log_is_sent_once_and_again_from_a_place_in_it(broker: object, tmp_path: Path) -> None:
    """`audit sync` sends what waits, then nothing; `--from` sends from an entry or a time; a wrong place is told."""
    config = tmp_path / "maskgate.yaml"
    config.write_text(config.read_text() + "audit: {sinks: [{name: disk, kind: jsonl, path: out.ndjson}]}\n")
    call, n = CliRunner().invoke, len([*entries()])
    for more, sent in ([], n), ([], 0), (["--from", str(n - 2)], 2), (["--from", "2020-01-01"], n):
        done = call(cli, ["audit", "sync", *more])
        assert done.exit_code == 0, (more, done.output, done.exception)
        assert done.stdout == f"disk: {sent} entries sent, next is {n}\n"
    offsets = [json.loads(line)["offset"] for line in (tmp_path / "out.ndjson").read_text().splitlines()]
    assert offsets == [*range(n), n - 2, n - 1, *range(n)]
    for wrong, words in (("999", "the log ends at"), ("2999-01-01", "no entry of the log"), ("x", "not a date")):
        told = call(cli, ["audit", "sync", "--from", wrong])
        assert isinstance(told.exception, ConfigurationError) and words in str(told.exception)
    doubted = call(cli, ["doctor", "--role", "watch"])
    assert "disk: no audit-sync runs on this host" in doubted.output


def entries() -> list[bytes]:
    """The lines of `audit export`."""
    return CliRunner().invoke(cli, ["audit", "export"]).stdout_bytes.splitlines()
