"""The shipped policies pass their own tests, and never break a document."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

import pytest

from maskgate.base.document import nodes
from maskgate.base.records import Masked, Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import load_policy
from maskgate.policy.source import PROFILES
from maskgate.policy_tests.cases import Case, cases, run_case
from maskgate_detectors import Engine, EngineConfig

KEYS = Keyring.fresh()
CASES = [pytest.param(name, case, id=f"{name}: {case.name}") for name in PROFILES for case in cases(load_policy(name))]


@cache
def engine() -> Engine:
    """One engine for all profiles: rules only; the profiles' own lists do not matter to these cases."""
    return Engine(EngineConfig(model="none", time_budget_s=30.0))


@cache
def masker(name: str) -> Masker:
    """The masker of a profile."""
    return Masker(load_policy(name), KEYS, engine())


@pytest.mark.parametrize(("name", "case"), CASES)
def test_profile_cases(name: str, case: Case) -> None:
    """Each case that a profile carries holds."""
    assert run_case(case, masker(name)).reasons == ()


def event(draw: random.Random) -> dict[str, Any]:
    """An event of some kind, with personal data and secrets in it."""
    digits = "".join(str(draw.randrange(10)) for _ in range(9))
    person = {
        "full_name": draw.choice(["Ann Archer", "Zoë Müller", "Иван Петров", "李小龙"]),
        "email": f"user{digits}@acme-corp.com",
        "phone": f"+49 30 {digits[:7]}",
        "date_of_birth": f"19{digits[:2]}-0{1 + int(digits[2]) % 9}-1{digits[3]}",
        "ssn": f"536-2{digits[0]}-{digits[1:5]}",
        "zip_code": digits[:5],
        "customer_ip": f"8.{digits[0]}.{digits[1]}.{digits[2]}",
        "lat": draw.uniform(-90, 90),
        "ok": draw.random() < 0.5,
        "none": None,
    }
    card = {"card_number": draw.choice(["4111111111111111", 4111111111111111]), "cvv": draw.choice([123, "123"])}
    tree: dict[str, Any] = {
        "id": digits,
        "person": person,
        "payments": [card, card],
        f"k{digits}@acme-corp.com": [1, {}],
    }
    if draw.random() < 0.3:
        tree["inner"] = json.dumps(person)
    if draw.random() < 0.3:
        tree["log"] = f"GET /?mail=user{digits}%40acme-corp.com password=hunter2{digits} \u00e9\n"
    return tree


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_never_break_a_document(name: str) -> None:
    """Every masked event is JSON, and the members that stay are those that were there."""
    draw = random.Random(7)
    records = [Record("t", 0, i, json.dumps(event(draw), ensure_ascii=i % 2 == 0).encode()) for i in range(60)]
    for record, outcome in zip(records, masker(name).batch(records), strict=True):
        assert isinstance(outcome, Masked), outcome
        assert outcome.value is not None
        assert record.value is not None
        json.loads(outcome.value)
        dropped = sum(u.operator == "drop" for u in outcome.fields)
        assert len(nodes(outcome.value)) == len(nodes(record.value)) - dropped
