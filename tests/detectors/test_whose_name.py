"""Whose name stands under a key: the noun before ``name`` decides, then the lists of names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from maskgate_detectors import Engine, EngineConfig

PERSONS = [
    {"user": {"name": "Anna"}},
    {"data": {"customer": {"full_name": "Xiu Qrstuv"}}},
    {"owner": {"name": "Jane Doe"}},
    {"created_by": {"name": "Wim Peeters"}},
    {"client": {"name": "Anna Berg"}},
    {"parent": {"name": "Anna"}},
    {"from": {"name": "Ingrid"}},
    {"sender": "Katarzyna"},
    {"display_name": "Solveig"},
    {"chat": {"participant": {"display": "Takumi Sato"}}},
    {"name": "Joanna Kowalczyk"},
    {"name": "Emma Green"},
    {"name": "Max Black"},
    {"answers": [{"question": {"title": "What is your full name?"}, "answer": "Gebhard Schenk"}]},
    {"assignee": "Piotr Zzyzx"},
    {"user": {"nickname": "Early Bird"}},
    {"userAccount": {"name": "Wim"}},
    {"identity": {"type": "IAMUser", "userName": "alicia"}},
    {"target": {"type": "User", "displayName": "Ada Green"}},
    {"subject": {"objectType": "AppUser", "displayName": "Nils Silver"}},
    {"who": {"kind": "Customer", "name": "Bo White"}},
    {"subject": {"reference": "Patient/7", "display": "Qi Black"}},
    {"principal": {"principalType": "user", "displayName": "Test Person"}},
]
THINGS = [
    {"user_agent": {"name": "Anna Berg"}},
    {"os_name": "Windows"},
    {"os": {"name": "Mac"}},
    {"user_group": {"name": "Field Staff"}},
    {"client_name": "ios-app"},
    {"client": {"name": "Mobile Safari"}},
    {"process": {"parent": {"name": "Launch Daemon"}}},
    {"repository": {"name": "notes", "owner": {"email": "a@example.org"}}},
    {"repository": {"full_name": "Sample", "email": "a@example.org"}},
    {"name": "Corporate VPN"},
    {"data": {"name": "Full Access Key"}},
    {"provinces": [{"name": "British Columbia"}]},
    {"code": {"coding": [{"system": "http://loinc.org", "code": "1", "display": "Lipid Panel"}]}},
    {"organization": {"login": "octo"}},
    {"collection": {"handle": "frontpage"}},
    {"handle": "2019-10"},
    {"sqs": {"receiptHandle": "MessageReceiptHandle"}},
    {"session_issuer": {"userName": "AdminRole"}},
    {"actor": {"user": {"name": "workspace-admin"}}},
    {"reviewer": {"name": "admins"}},
    {"sender": "Billing"},
    {"target": {"type": "AppInstance", "displayName": "Anna Desk"}},
    {"who": {"kind": "Role", "name": "Anna Berg"}},
    {"actor": {"type": "ServiceAccount", "displayName": "Jenkins"}},
    {"focus": {"reference": "Observation/7", "display": "Anna Berg"}},
    {"issuer": {"type": "Role", "userName": "MakeStuffPublic"}},
    {"identity": {"type": "AssumedRole", "userName": "DevAdministrator"}},
    {"price": {"nickname": "Early Bird"}},
    {"observer": {"product": "Pan OS"}},
    {"forkee": {"name": "Sample", "owner": {"email": "a@example.org"}}},
    {"concept": {"code": "44", "display": "Anna Berg"}},
    {"pod": {"container": {"name": "Julia Roberts"}}},
]  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(EngineConfig(model="none"))


def named(engine: Engine, event: Any) -> list[str]:
    scan = engine.batch([json.dumps(event, ensure_ascii=False).encode()])[0]
    assert scan.error is None
    return [finding.path for finding in scan.findings if finding.entity in ("PERSON", "USERNAME")]


@pytest.mark.parametrize("event", PERSONS, ids=json.dumps)
def test_the_name_of_a_person_is_found(engine: Engine, event: Any) -> None:
    assert named(engine, event)


@pytest.mark.parametrize("event", THINGS, ids=json.dumps)
def test_the_name_of_a_thing_is_left(engine: Engine, event: Any) -> None:
    assert named(engine, event) == []


OTHER_MEANINGS = [
    {"member": {"id": 21031067}},
    {"member_id": "21031067"},
    {"voter": {"id": "5551234567"}},
    {"session": {"id": "sess_C9CiUVUzUzYIssh3ELY1dX7"}},
    {"receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a"},
    {"idempotency_token": "9f8Qz7LmW2xKp4RtVb6Nc1Ds"},
    {"clientToken": "c773e3fd-0611-4fb0-a436-67fbef29031e"},
    {"address": {"city": "Oslo", "state": "SUCCEEDED"}},
    {"signals": {"New City": "NEGATIVE"}},
    {"behaviors": "{New Geo-Location=POSITIVE, New City=NEGATIVE}"},
    {"endpoint": {"address": "01234567"}},
    {"browser": "Chrome Mobile 69.0.3497"},
    {"agent": "Mobile Safari 17.4.0.2026"},
    {"RotationToken": "abcd1234-efgh-5678-ijkl-8ab4515a7db0"},
    {"sourceIPAddress": "AWS Internal"},
    {"rfc": "RFC 9110, section 12.5.1"},
]
STILL_FOUND = [
    ({"plan": {"coverage_member_id": "W123456789"}}, "HEALTH_INSURANCE_NUMBER"),
    ({"voter_id": "LBC0464685"}, "IN_VOTER"),
    ({"rfc": "BZXQ800101802"}, "MX_RFC"),
    ({"address": "12 High Road, London"}, "LOCATION"),
    ({"city": "Oslo"}, "LOCATION"),
]


@pytest.mark.parametrize("event", OTHER_MEANINGS, ids=json.dumps)
def test_words_with_another_meaning(engine: Engine, event: Any) -> None:
    found = engine.batch([json.dumps(event).encode()])[0].findings
    assert [(f.path, f.entity) for f in found if f.path != "/address/city"] == []


@pytest.mark.parametrize(("event", "entity"), STILL_FOUND, ids=str)
def test_words_with_their_meaning(engine: Engine, event: Any, entity: str) -> None:
    assert [f.entity for f in engine.batch([json.dumps(event).encode()])[0].findings] == [entity]


APART = [
    ({"columns": ["id", "last_name"], "values": [7, "Vogt"]}, {"/values/1"}),
    ({"t": {"fields": ["first_name", "phone"], "row": ["Ilse", "0151 72839164"]}}, {"/t/row/0", "/t/row/1"}),
    ({"columnNames": ["name", "email"], "columnValues": ["Ilse Vogt", 5]}, {"/columnValues/0"}),
    ({"columns": ["last_name", "city"], "values": ["Vogt"]}, set()),  # another number of values: no columns
    ({"columns": ["sku", "size"], "values": ["Anna", "XL"]}, set()),
    ({"Item": {"phone": {"N": "015172839164"}, "n": {"N": "12"}}}, {"/Item/phone/N"}),
    ({"fields": {"zip": {"integerValue": "12345"}}}, {"/fields/zip/integerValue"}),
    ({"ssn": {"long": 219094413}, "count": {"long": 219094413}}, {"/ssn/long"}),
    ({"before": {"birth_date": {"string": "1988-09-17"}}}, {"/before/birth_date/string"}),
    ({"customer_name": "Ilse+Vogt"}, {"/customer_name"}),
    ({"queryStringParameters": {"name": "Ilse+Vogt", "sort": "New+First"}}, {"/queryStringParameters/name"}),
    ({"url": "https://x.example/s?name=Ilse+Vogt&page=2"}, {"/url"}),
    ({"path": "/search?q=Release+Notes"}, set()),
]  # fmt: skip


APART += [
    ({"f3": "Ingrid Haugland"}, {"/f3"}),
    ({"col_7": "Marek Zzyzx"}, {"/col_7"}),
    ({"attrs": [{"value": "Ilse Vogt"}, {"value": "04.72.81.63.95"}]}, {"/attrs/0/value", "/attrs/1/value"}),
    ({"customer": {"v": "(212) 555-0148"}}, {"/customer/v"}),
    ({"f1": "Lipid Panel", "f2": "Mobile Safari", "f3": "Puerto Rico", "f4": "01.02.2024"}, set()),
    ({"colour": {"value": "Anna Green"}}, set()),
]


@pytest.mark.parametrize(("event", "paths"), APART, ids=range(len(APART)))
def test_keys_that_stand_apart_from_their_values(engine: Engine, event: Any, paths: set[str]) -> None:
    """Columns beside values, wrappers that say the type, forms and queries."""
    assert {f.path for f in engine.batch([json.dumps(event).encode()])[0].findings} == paths
