"""Every entry is an event of OCSF, as its published schema has it."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from functools import cache
from typing import Any, get_args

import pytest

from fakes.fake_audit import TOPIC_ID
from fakes.fake_office import Office
from maskgate.approvals import events, model
from maskgate.approvals.messages import items, manifest
from maskgate.sync import form
from maskgate.sync.entry import Entry
from maskgate.sync.ocsf import VERSION, ocsf

SECRET = b"7351"
BEFORE, AFTER = b'{"pin":"', b'","n":1}'
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


def made(whole: bool = False) -> list[dict[str, Any]]:
    """All of it as OCSF, with times from a clock that jumped among them."""
    times = (-1, 1_795_300_000_000, 10**18)
    return [ocsf(Entry(n, times[n % 3], raw), TOPIC_ID, whole) for n, raw in enumerate(log())]


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
    """Where it is asked for the whole event goes along; the id is the one of the other form."""
    for number, (raw, event) in enumerate(zip(log(), made(whole=True), strict=True)):
        assert event["metadata"]["uid"] == f"{TOPIC_ID}/0/{number}"
        if raw != b"\xff":
            assert event["unmapped"]["event"] == json.loads(raw)


FORMS = {"maskgate": form.plain, "ocsf": ocsf}


def sent(whole: bool, make: form.Form) -> str:
    """All that a receiver gets of a held four-digit value on which two voted, one with extra masking."""
    office = Office()
    request = office.open(office.item(BEFORE + SECRET + AFTER, key_=None), tier="double")
    results = {"masking": ["/n"], "result": office.masked_result(request, ["/n"], ())}
    for person in ("dan", "anna"):
        office.vote(request, person, **results)
    office.release(request)
    raws = [events.encode(event) for event in office.log]
    return json.dumps([make(Entry(n, 1, raw), TOPIC_ID, whole) for n, raw in enumerate(raws)])


def learnt(text: str) -> list[str]:
    """The four digits that fit a digest in what was sent, by whoever has only that; blinds are used where they are."""
    seen, blinds = set(re.findall(r"[0-9a-f]{64}", text)), re.findall(r'"blind": "([0-9a-f]+)"', text)
    macs, found = re.findall(r'"content_mac": "([0-9a-f]+)"', text), []
    ids, topics = re.findall(r'"item_id": "([0-9a-f]+)"', text), re.findall(r'"topic": "([a-z.]+)"', text)
    for number in range(10_000):
        value = BEFORE + f"{number:04}".encode() + AFTER
        masked = items.masked_digest(None, value, ())
        left = items.masked_digest(None, value.replace(b'"n":1', b'"n":"<MASKED_BY_REVIEWER>"'), ())
        tried = [masked, left, hashlib.sha256(value).hexdigest(), *(manifest.result_digest([(i, left)]) for i in ids)]
        rows = itertools.product(ids[:1], macs[:1], [masked], topics, blinds[:1])
        if seen & {*tried, *(manifest.root_over([row]) for row in rows)}:
            found.append(f"{number:04}")
    return found


@pytest.mark.parametrize("name", FORMS)
def test_nothing_that_is_sent_lets_a_value_be_tried_out(name: str) -> None:
    """Ten thousand guesses against all that a receiver has: none fits, and nothing links one person's requests."""
    text = sent(False, FORMS[name])
    assert learnt(text) == []
    for word in ("blind", "content_mac", "key_mac", "masked_digest", "preview", "seen_digest", "subjects", "result"):
        assert f'"{word}":' not in text
    assert '"envelope":' not in text


@pytest.mark.parametrize("name", FORMS)
def test_the_guesser_wins_where_all_is_sent(name: str) -> None:
    """With the digests left in, one guess fits: the one that is right."""
    assert learnt(sent(True, FORMS[name])) == [SECRET.decode()]


def test_every_field_that_could_be_a_digest_is_left_out_or_known() -> None:
    """Whoever adds a digest, a MAC or a blind to an event says here whether a record can be guessed from it."""
    word = re.compile(r"digest|mac$|blind|preview|root|subjects|result|envelope|_key$")
    found = {f"{kind.__name__}.{name}" for kind in KINDS for name in kind.__dataclass_fields__ if word.search(name)}
    assert found - LEFT_OUT == {
        "PeopleLoaded.digest",  # of the people file
        "PeopleChanged.envelope",
        "PolicyVersion.digest",
        "Meta.policy_digest",
        "PermitIssued.arguments_digest",  # the arguments stand beside it
        "Request.semantic_key",  # of who asks what: nothing of a record
    }


LEFT_OUT = {
    *(f"Item.{name}" for name in ("blind", "content_mac", "key_mac", "masked_digest", "preview", "subjects")),
    *(f"Request.{name}" for name in ("digest", "manifest_root", "seen_digest")),
    *(f"Vote.{name}" for name in ("result", "seen_digest")),
    *(f"{kind}.envelope" for kind in ("RequestOpened", "VoteAccepted", "VoteRetracted", "Moved", "GlassBroken")),
    "Moved.result",
    "PermitIssued.request_digest",
}
KINDS = (*get_args(events.Event), model.Item, model.Request, model.Vote, model.Meta, model.PolicyVersion)


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a":' * 50_000, b"1" * 6_000, b"\xff", b"null", b"[1]", b""])
def test_what_somebody_else_wrote_into_the_log_ends_no_sync(raw: bytes) -> None:
    """Too deep, too long or no JSON: sent as its digest, by either form."""
    entry = Entry(3, 0, raw)
    assert form.plain(entry, TOPIC_ID)["unreadable_sha256"] == hashlib.sha256(raw).hexdigest()
    assert ocsf(entry, TOPIC_ID)["unmapped"] == {"unreadable_sha256": hashlib.sha256(raw).hexdigest()}
