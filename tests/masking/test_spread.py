"""A sure value that was found once is masked everywhere in its record, and a doubtful one nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from maskgate.base.records import Masked, Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import compile_source
from maskgate.policy.source import parse
from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.engine import twins
from maskgate_detectors.engine.reference import Reference

KEYS = Keyring.fresh()
CONFIG = EngineConfig(model="none")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(CONFIG)


def masked(engine: Any, event: Any, policy: str = "") -> str:
    masker = Masker(compile_source(parse(policy.encode(), "policy.yaml")), KEYS, engine)
    outcome = masker.batch([Record("t", 0, 0, json.dumps(event, ensure_ascii=False).encode())])[0]
    assert isinstance(outcome, Masked)
    assert outcome.value is not None
    return outcome.value.decode()


LOGIN = "quillfeather"
SPREADS = [
    ({"login": LOGIN, "url": f"https://example.com/{LOGIN}/notes"}, LOGIN),
    ({"login": LOGIN, "full_name": f"{LOGIN}/notes"}, LOGIN),
    ({"login": LOGIN, "text": f"thanks @{LOGIN}!"}, LOGIN),
    ({"login": LOGIN, "raw": "x \\u0026 " + LOGIN}, LOGIN),
    ({"customer": {"name": "Ilse Vogt"}, "slug": "ilse-vogt-7"}, "ilse-vogt"),
    ({"customer": {"name": "Ilse Vogt"}, "line": "n=Ilse+Vogt"}, "Ilse+Vogt"),
    ({"customer": {"name": "Ilse Vogt"}, "file": "scan_ilse.vogt.pdf"}, "ilse.vogt"),
    ({"first_name": "Ilse", "last_name": "Vogt", "ref": "c/ilse-vogt"}, "ilse-vogt"),
    ({"customer": {"name": "Zoë Müller"}, "slug": "zoë-müller"}, "müller"),
    ({"phone": "+49 171 1234567", "wa": "chat-491711234567-x"}, "491711234567"),
    ({"api_key": "q7wk2mzr9xv4tb8nlc5d3hfj", "cmd": "run --k q7wk2mzr9xv4tb8nlc5d3hfj"}, "q7wk2mzr9xv4"),
    ({"first_name": "Solveig", "home": "/home/solveig/x"}, "solveig"),
]
STAYS = [
    ({"password": "customers", "sql": "DROP TABLE customers"}, "DROP TABLE customers"),
    ({"login": "github", "url": "https://github.com/x"}, "https://github.com/x"),
    ({"login": "quillsoft", "url": "https://quillsoft.io/a", "n": "by quillsoft"}, "quillsoft.io/a"),
    ({"login": LOGIN, LOGIN: 1, "note": f"see {LOGIN}"}, f"see {LOGIN}"),
    ({"login": LOGIN, "note": f"{LOGIN}s, {LOGIN}-bot and my{LOGIN}"}, f"{LOGIN}s, {LOGIN}-bot and my{LOGIN}"),
    ({"login": LOGIN, "note": f"é |{LOGIN}s"}, f"é |{LOGIN}s"),
    ({"login": LOGIN, "type": LOGIN.upper()}, LOGIN.upper()),
    ({"first_name": "Solveig", "note": "the song of Solveig"}, "song of Solveig"),
    ({"city": "Ratzeburg", "note": "from Ratzeburg"}, "from Ratzeburg"),
    ({"ip": "203.0.113.77", "host": "h203.0.113.77x"}, "h203.0.113.77x"),
    ({"phone": "+49 171 1234567", "n": 491711234567}, "491711234567"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "gone"), SPREADS, ids=lambda value: json.dumps(value)[:60])
def test_a_sure_value_is_masked_everywhere(engine: Engine, event: Any, gone: str) -> None:
    assert gone not in masked(engine, event)
    assert gone in masked(Engine(EngineConfig(model="none", spread=False)), event) or "\\u" in json.dumps(event)


@pytest.mark.parametrize(("event", "there"), STAYS, ids=lambda value: json.dumps(value)[:60])
def test_a_doubtful_value_stays_where_it_is_found(engine: Engine, event: Any, there: str) -> None:
    assert there in masked(engine, event)


def test_a_value_that_is_escaped_where_it_was_found_is_found_as_it_is(engine: Engine) -> None:
    record = b'{"login": "\\u0071uillfeather", "url": "https://example.com/quillfeather/notes"}'
    for scan in (engine.batch([record])[0], engine.batch([record] * 100)[0], Reference(CONFIG).scan(record)):
        assert [twin.finding.path for twin in scan.twins] == ["/url"]


def test_many_values_are_found_as_few_are(engine: Engine) -> None:
    people = [{"login": f"{LOGIN}{at}"} for at in range(100)]
    event = {"people": people, "urls": [f"https://example.com/u/{one['login']}" for one in people]}
    assert LOGIN not in masked(engine, event)


def test_columns_and_leaves_find_the_same(engine: Engine) -> None:
    records = [json.dumps(event).encode() for event, _ in [*SPREADS, *STAYS]] * 8  # as a batch large enough for columns
    reference = Reference(CONFIG)
    for record, scan in zip(records, engine.batch(records), strict=True):
        assert scan.twins == reference.scan(record).twins


def test_the_operator_of_the_source_and_a_label_for_other_forms(engine: Engine) -> None:
    policy = "rules: [{id: h, path: /login, action: hash}, {id: n, path: /user/name, action: pseudonym}]\n"
    event = {"login": LOGIN, "user": {"name": "Ilse Vogt"}, "b": f"to {LOGIN}", "c": "ilse-vogt"}
    out = json.loads(masked(engine, event, policy))
    assert out["b"] == f"to {out['login']}"
    assert out["c"] == "<PERSON>"


def test_what_is_kept_does_not_spread_nor_is_it_spread_to(engine: Engine) -> None:
    event = {"login": LOGIN, "a": f"x {LOGIN}", "b": f"y {LOGIN}"}
    assert LOGIN in masked(engine, event, "rules: [{id: k, path: /login, action: keep}]\n")
    out = json.loads(masked(engine, event, "rules: [{id: k, path: /a, action: keep}]\n"))
    assert (out["a"], LOGIN in out["b"]) == (f"x {LOGIN}", False)


def test_the_policy_switches_it_off() -> None:
    policy = compile_source(parse(b"detection: {spread: false, model: none}\n", "policy.yaml"))
    config = policy.engine_config()
    assert not config.spread
    assert LOGIN in masked(Engine(config), {"login": LOGIN, "a": f"x {LOGIN}"})


def test_over_its_cap_the_record_is_quarantined(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "MOST_TWINS", 10)
    event = {"login": LOGIN, "all": [f"x {LOGIN}"] * 30}
    scan = engine.batch([json.dumps(event).encode()])[0]
    assert (scan.error, scan.findings) == ("too_many_twins", ())


def test_export_rules_see_the_record_before_the_pass(engine: Engine) -> None:
    scan = engine.batch([json.dumps({"login": LOGIN, "a": f"x {LOGIN}"}).encode()])[0]
    assert [finding.path for finding in scan.findings] == ["/login"]
    assert [(twin.finding.path, twin.finding.detector) for twin in scan.twins] == [("/a", "seen-elsewhere")]
