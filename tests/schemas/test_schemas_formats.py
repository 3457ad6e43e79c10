"""The published schemas: valid, unchanged, still readable, and true of what the program writes."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import fastavro
import jsonschema
import orjson
import pytest

import maskgate_schemas
from fakes.fake_office import Office, key, verified
from fakes.lineage_rows import ENGINES, USE, event_bytes
from maskgate.approvals.messages import actions, items
from maskgate.base.records import Held, Quarantined, Record
from maskgate.crypto import sealing
from maskgate.crypto.keyring import Keyring
from maskgate.lineage.wire.codec import decode
from maskgate.watch import feed
from maskgate.watch.feed import Feed
from maskgate.watch.notices import Notice
from maskgate.worker import dead_letter

RECORD = Record(
    "orders", 1, 42, b'{"mail": "jane.doe@example.org"}', b"k", (("h", None), ("g", b"x")), 1_795_300_000_000
)


def check(name: str, document: Any) -> None:
    """Hold a document against a published JSON Schema."""
    schema = json.loads(maskgate_schemas.text(name))
    jsonschema.Draft202012Validator(schema).validate(document)


def payload(envelope: bytes) -> Any:
    """The signed payload of an envelope, which is held against its own schema on the way."""
    tree = json.loads(envelope)
    check("envelope.v1.schema.json", tree)
    return json.loads(base64.b64decode(tree["payload"]))


@pytest.mark.parametrize("name", [n for n in maskgate_schemas.names() if n.endswith(".schema.json")])
def test_a_schema_is_a_schema(name: str) -> None:
    """Each file is valid JSON Schema, names itself, and says what it describes."""
    schema = json.loads(maskgate_schemas.text(name))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(name)
    assert schema["description"]


PUBLISHED = Path(__file__).parent / "published.json"


@pytest.mark.parametrize("name", maskgate_schemas.names())
def test_a_published_schema_never_changes(name: str) -> None:
    """What is published stays as it is: a change is a new version in a new file, and a line in published.json."""
    digest = hashlib.sha256(maskgate_schemas.text(name).encode()).hexdigest()
    assert json.loads(PUBLISHED.read_text())[name] == digest


def test_no_published_schema_goes_away() -> None:
    """Rows that were written years ago have to be read."""
    assert set(json.loads(PUBLISHED.read_text())) <= set(maskgate_schemas.names())


def golden() -> dict[str, str]:
    """A row as each version wrote it. They stay, and every later version reads them."""
    found: dict[str, str] = json.loads((Path(__file__).parent / "golden_rows.json").read_text())
    return found


@pytest.mark.parametrize("name", maskgate_schemas.versions(maskgate_schemas.LINEAGE_EVENT))
def test_rows_of_every_version_are_read(name: str) -> None:
    """There is a row of each version, and this version reads it."""
    event = decode(bytes.fromhex(golden()[name]))
    assert (event["kind"], event["source_topic"], event["source_offset"]) == ("masked", "orders", 7)
    assert event["fields"][0]["entity"] == "EMAIL_ADDRESS"
    assert event["policy_version"] == ENGINES.policy.version


def test_versions_can_read_each_other() -> None:
    """Avro resolution works from every version to the newest and back (full compatibility)."""
    schemas = [
        fastavro.parse_schema(json.loads(maskgate_schemas.text(name)))
        for name in maskgate_schemas.versions(maskgate_schemas.LINEAGE_EVENT)
    ]
    newest = decode(event_bytes(7))
    for writer in schemas:
        for reader in schemas:
            out = io.BytesIO()
            fastavro.schemaless_writer(out, writer, newest)
            out.seek(0)
            assert fastavro.schemaless_reader(out, writer, reader)["source_offset"] == 7


def test_fields_have_defaults() -> None:
    """A later version may add or drop any field but the id and the time."""
    name = maskgate_schemas.versions(maskgate_schemas.LINEAGE_EVENT)[-1]
    fields = json.loads(maskgate_schemas.text(name))["fields"]
    assert [field["name"] for field in fields if "default" not in field] == ["event_id", "time"]


def test_an_unknown_kind_becomes_other() -> None:
    """A reader of this version takes a kind of a later one as ``other`` and loses no row."""
    name = maskgate_schemas.versions(maskgate_schemas.LINEAGE_EVENT)[-1]
    later = json.loads(maskgate_schemas.text(name))
    later["fields"][1]["type"]["symbols"].append("teleported")
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(later), decode(event_bytes(7)) | {"kind": "teleported"})
    out.seek(0)
    mine = fastavro.parse_schema(json.loads(maskgate_schemas.text(name)))
    assert fastavro.schemaless_reader(out, later, mine)["kind"] == "other"


def test_scan_lines(tmp_path: Path) -> None:
    """What `maskgate scan` prints, for findings, for parts of a value, and for a line that is not JSON."""
    given = '{"mail": "jane.doe@example.org", "n": 1}\nnot json\n{}\n{"ssn1": "536", "ssn2": "22", "ssn3": "8726"}\n'
    done = subprocess.run(
        [sys.executable, "-m", "maskgate", "scan", "-"], input=given.encode(), capture_output=True, cwd=tmp_path,
        env=os.environ | {"MASKGATE_DETECTION_MODEL": "none"},
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 4
    for line in lines:
        check("scan_line.v2.schema.json", line)
    for line in lines[:3]:  # a value by itself is told as ever
        check("scan_line.v1.schema.json", line)
    assert lines[0]["findings"] and lines[1]["error"]
    assert [finding["subject"] for finding in lines[3]["findings"]] == ["/ssn"] * 3


@pytest.mark.parametrize("value", [RECORD.value, None], ids=["a value", "a tombstone"])
@pytest.mark.parametrize("seal", [True, False], ids=["sealed", "not sealed"])
def test_dead_letters(value: bytes | None, seal: bool, tmp_path: Path) -> None:
    """What a worker writes for a record that it cannot handle."""
    private = sealing.create_seal_key(tmp_path / "seal.pem")
    record = Record("orders", 1, 42, value)
    out = dead_letter.build(
        record, Quarantined("not_json", "position 3"), mac_key=b"k" * 32, policy_version="1", partition=1,
        seal_to=private.public_key() if seal else None,
    )  # fmt: skip
    assert out.value is not None
    check("dead_letter.v1.schema.json", orjson.loads(out.value))


@pytest.mark.parametrize("raw", [True, False], ids=["raw asked for", "masked only"])
def test_held_records(raw: bool, tmp_path: Path) -> None:
    """What a worker puts on the topic of requests."""
    private = sealing.create_seal_key(tmp_path / "seal.pem")
    held = Held(b'{"mail": "x"}', b"k", RECORD.headers, (USE,), {"destination": "a", "topic": "t", "wants_raw": raw})
    ring = Keyring.fresh()
    envelope = items.build_item(
        held, RECORD, requester=verified("shop", "service"), policy=ENGINES.policy, detectors="d",
        item_key=ring.key("item").secret, signer=key("pipeline"), seal_to=private.public_key(), now_ms=1,
    )  # fmt: skip
    tree = payload(envelope)
    check("item.v2.schema.json", tree)
    assert (tree["sealed"] is not None) is raw


def test_requests_for_actions() -> None:
    """What the intake API puts on the topic of requests."""
    envelope = actions.build_action(
        signer=key("intake"), requester=verified("agent-7", "agent"), verb="db.rollback", arguments={"to": 3},
        expected_outcome="the table is as it was", now_ms=1,
    )  # fmt: skip
    check("action.v1.schema.json", payload(envelope))


@pytest.mark.parametrize("decision", ["approve", "deny", "abstain"])
def test_votes(decision: str) -> None:
    """What a reviewer signs."""
    office = Office()
    check("vote.v1.schema.json", payload(office.ballot(office.asked(), "anna", decision)))


def test_acts() -> None:
    """What a reviewer signs to revoke, recall and so on."""
    from maskgate.approvals.messages import votes
    from maskgate.people.principal import Principal

    office = Office()
    request = office.asked()
    for verb in votes.ACTS:
        envelope = votes.build_act(
            request, verb, signer=key("anna"), reviewer=Principal("i", "anna"), person_id="anna", now_ms=1  # type: ignore[arg-type]
        )  # fmt: skip
        check("act.v1.schema.json", payload(envelope))


def test_retractions() -> None:
    """What a person signs to take votes of their own back."""
    office = Office()
    check("retract.v1.schema.json", payload(office.acted(office.asked(), "anna", "retract")))


def test_notices(tmp_path: Path) -> None:
    """Lines of the feed, which are the bodies of the webhook."""
    Feed(tmp_path).add(Notice("log/0/1", "action", "request_opened", 1, "A review is needed", "r1", "http://x/r/r1", 1))
    check("notice.v1.schema.json", feed.read(tmp_path)[0])


WRONG = [
    ("scan_line.v2.schema.json", {"line": 0, "findings": []}),
    ("scan_line.v2.schema.json", {"line": 1, "findings": [{"path": "/a", "text": "jane"}]}),
    ("dead_letter.v1.schema.json", {"topic": "t", "partition": 0, "offset": 1}),
    ("vote.v1.schema.json", {"domain": "vote.v1", "decision": "maybe"}),
    ("envelope.v1.schema.json", {"payload": "e30=", "payloadType": "text/plain", "signatures": []}),
    ("notice.v1.schema.json", {"seq": 1, "id": "x", "level": "info", "kind": "k", "time_ms": 1, "text": "<b>",
                               "request_id": "", "link": "", "items": 0, "persons": []}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "document"), WRONG)
def test_schemas_refuse_what_is_wrong(name: str, document: Any) -> None:
    """A schema that takes anything proves nothing."""
    with pytest.raises(jsonschema.ValidationError):
        check(name, document)
