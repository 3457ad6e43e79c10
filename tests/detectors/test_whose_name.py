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
