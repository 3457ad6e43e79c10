"""Every entry is an event of OCSF, as its published schema has it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, get_args

import pytest

from fakes.fake_audit import TOPIC_ID
from fakes.fake_office import Office
from maskgate.approvals import events
from maskgate.sync import form
from maskgate.sync.entry import Entry
from maskgate.sync.ocsf import VERSION, ocsf

META = {"at": 1, "input": None}
OTHERS: list[dict[str, Any]] = [
    {"type": "people_changed", "change": "{}"},
    {"type": "vote_retracted", "request_id": "r", "vote": {"decision": "retract", "person_id": "dan"}},
    {"type": "request_repeated", "request_id": "r"},
    {"type": "glass_broken", "request_id": "r", "person_id": "dan"},
    {"type": "permit_issued", "permit_id": "p", "verb": "delete", "resource": "x", "requester": "a#b"},
    {"type": "permit_issued"},
    {"type": "permit_redeemed", "request_id": "r"},
    {"type": "escalated", "request_id": "r"},
    {"type": "review_overdue", "request_id": "r"},
    {"type": "refused", "code": "excluded", "command": "vote", "by": "anna", "alarm": True},
    {"type": "from_the_future"},
    {},
    {"type": 5, "request": None, "vote": None, "by": None, "to": None},
]


@cache
def log() -> list[bytes]:
    """An office at work, and one of everything else."""
    office = Office()
    request = office.open(tier="standard")
    office.vote(request, "dan")
    office.release(request)
    return [events.encode(event) for event in office.log] + [json.dumps(one).encode() for one in OTHERS] + [b"\xff"]


def made() -> list[dict[str, Any]]:
    """All of it as OCSF, with times from a clock that jumped among them."""
    return [ocsf(Entry(n, (-1, 1_795_300_000_000, 10**18)[n % 3], raw), TOPIC_ID) for n, raw in enumerate(log())]


def test_every_event_validates_against_the_published_schema() -> None:
    """Class by class, with the schema that the package makes of OCSF's own."""
    package = pytest.importorskip("ocsf_json_schema")
    jsonschema = pytest.importorskip("jsonschema")
    schemas = package.OcsfJsonSchemaEmbedded(package.get_ocsf_schema(version=VERSION))
    for event in made():
        schema = schemas.get_class_schema(schemas.lookup_class_name_from_uid(event["class_uid"]))
        wrong = [error.message[:200] for error in jsonschema.Draft202012Validator(schema).iter_errors(event)]
        assert not wrong, (event["metadata"]["event_code"], wrong)
        broken = {name: value for name, value in event.items() if name != "time"}
        assert not jsonschema.Draft202012Validator(schema).is_valid(broken), "the schema would let anything through"


def test_each_type_of_our_events_has_its_class() -> None:
    """Those that this test makes cover all types there are, and only what is unknown is 'Other'."""
    types = {one.__dataclass_fields__["type"].default for one in get_args(events.Event)}
    by_type = {event["metadata"]["event_code"]: event for event in made()}
    assert types <= set(by_type)
    assert {kind for kind, event in by_type.items() if event["activity_id"] == 99} == {
        "refused", "from_the_future", "unreadable"
    }  # fmt: skip
    assert by_type["permit_issued"]["class_uid"] == by_type["glass_broken"]["class_uid"] == 3003
    assert by_type["people_loaded"]["type_uid"] == 300403 and by_type["request_opened"]["class_uid"] == 2006
    assert by_type["vote_accepted"]["actor"]["user"]["uid"] == "dan"
    assert (by_type["refused"]["severity_id"], by_type["refused"]["status_id"]) == (5, 2)


def test_nothing_of_an_entry_is_missing() -> None:
    """The whole event goes along, and the id is the one of the other form."""
    for number, (raw, event) in enumerate(zip(log(), made(), strict=True)):
        assert event["metadata"]["uid"] == f"{TOPIC_ID}/0/{number}"
        if raw != b"\xff":
            assert event["unmapped"]["event"] == json.loads(raw)


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a":' * 50_000, b"1" * 6_000, b"\xff", b"null", b"[1]", b""])
def test_what_somebody_else_wrote_into_the_log_ends_no_sync(raw: bytes) -> None:
    """Too deep, too long or no JSON: sent as its digest, by either form."""
    entry = Entry(3, 0, raw)
    assert form.plain(entry, TOPIC_ID)["unreadable_sha256"] == hashlib.sha256(raw).hexdigest()
    assert ocsf(entry, TOPIC_ID)["unmapped"] == {"unreadable_sha256": hashlib.sha256(raw).hexdigest()}
