"""Limits, failing detectors, lists, thresholds and rules of one's own."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from maskgate_detectors import AllowList, CustomRule, DenyList, DetectorError, Engine, EngineConfig, Rule, Threshold
from maskgate_detectors.engine.explain import explain

DIGITS = Rule(id="digits", entity="ID", label="", pattern=r"\d{6}", triggers=(r"\d{6}",), score=0.6, numbers=True)


def make(*rules: Rule | CustomRule, **settings: Any) -> Engine:
    """An engine with these rules and no model."""
    own = tuple(rule for rule in rules if isinstance(rule, CustomRule))
    plain = tuple(rule for rule in rules if isinstance(rule, Rule))
    return Engine(EngineConfig(model="none", rules=plain, custom=own, **settings))


def test_a_rule_that_raises_fails_its_record_only() -> None:
    """The record is refused with the rule's id; its neighbours are not touched; the value is in no detail."""

    def broken(value: str) -> bool:
        raise RuntimeError(value)

    engine = make(Rule("broken", "X", "", r"[a-z]{3}-\d{3}", triggers=(r"[a-z]{3}-\d",), validate=broken), DIGITS)
    good, bad = b'{"a": "123456"}', b'{"a": "abc-777"}'
    for _ in range(8):
        scans = engine.batch([good, bad, good])
        assert [scan.error for scan in scans] == [None, "detector_failed", None]
        assert scans[1].detail == "rule broken" and not scans[1].findings
        assert len(scans[0].findings) == 1


def test_a_slow_rule_is_a_timeout() -> None:
    """A record over its time is refused, and soon."""

    def slow(_: str) -> bool:
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        return True

    engine = make(Rule("slow", "X", "", r"\d{3}", triggers=(r"\d{3}",), validate=slow), time_budget_s=0.05)
    begun = time.thread_time()
    scan = engine.batch([b'{"a": "' + b"123 " * 400 + b'"}'])[0]
    assert scan.error == "timeout" and scan.findings == ()
    assert time.thread_time() - begun < 0.6


def test_limits() -> None:
    """Too large, too deep, too many: refused with a code."""
    engine = make(DIGITS, max_record_bytes=100, max_depth=3, max_nodes=5)
    records = [b'"' + b"a" * 200 + b'"', b"[[[[1]]]]", b"[1,2,3,4,5,6]", b"[1]"]
    assert [scan.error for scan in engine.batch(records)] == ["too_large", "too_deep", "too_many_nodes", None]


def test_a_model_that_fails_refuses_records_with_prose_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its model nothing is known of prose, so it must not pass."""
    engine = Engine(EngineConfig(model="en_core_web_sm", rules=(DIGITS,)))

    def broken(*_: Any) -> Any:
        raise RuntimeError("secret text")

    monkeypatch.setattr(engine.ner, "find", broken)
    prose, plain = engine.batch([b'{"note": "Yesterday Anna Berg went to Lisbon."}', b'{"n": 1}'])
    assert prose.error == "detector_failed" and "secret" not in prose.detail
    assert plain.error is None


def test_allow_lists_and_thresholds() -> None:
    """An allowed value, a threshold per kind and a threshold per path each drop a finding, and say so."""
    record = b'{"a": {"id": "111111"}, "b": {"id": "222222"}, "c": "333333"}'
    engine = make(
        DIGITS, allow=(AllowList(values=("111111",)), AllowList(pattern="3+", paths=("/c",))),
        thresholds=(Threshold(0.9, path="/b/**"),),
    )  # fmt: skip
    assert engine.batch([record])[0].findings == ()
    elsewhere = make(DIGITS, allow=(AllowList(pattern="3+", paths=("/b",)),)).batch([record])[0]
    assert [finding.path for finding in elsewhere.findings] == ["/a/id", "/b/id", "/c"]
    reasons = {entry["path"]: entry["dropped"][0]["why"] for entry in explain(engine, record)}
    assert reasons == {
        "/a/id": "allow list 1 names it", "/b/id": "its score 0.60 is below 0.90 (the threshold of /b/**)",
        "/c": "allow list 2 names it",
    }  # fmt: skip


@pytest.mark.parametrize("size", [3, 1000], ids=["few values", "many values"])
def test_deny_lists(size: int) -> None:
    """Denied words are found as whole words in any case, also in keys and behind escapes."""
    values = ("Project Falcon", *(f"word{at}x" for at in range(size)))
    engine = make(deny=(DenyList("projects", "PROJECT", values),))
    record = '{"t": "on project falcon\\u0021 not Project Falcons", "word2x": "İWORD1X WORD1X"}'.encode()
    found = engine.batch([record])[0].findings
    assert [(f.path, f.where, f.start, f.end) for f in found] == [
        ("/t", "value", 3, 17), ("/word2x", "key", 0, 6), ("/word2x", "value", 8, 14)
    ]  # fmt: skip
    assert {f.detector for f in found} == {"deny-projects"}


def test_a_custom_rule_finds_its_values() -> None:
    """A rule written in a policy works like one of ours, checksum by name included."""
    rule = CustomRule(
        "badge", "BADGE", r"\bB-(?P<value>\d{16})\b", checksum="luhn", matches=("pass B-⟦4111111111111111⟧",),
        ignores=("pass B-4111111111111112",),
    )  # fmt: skip
    scan = make(rule).batch([b'{"t": "pass B-4111111111111111 or B-4111111111111112"}'])[0]
    assert [(f.start, f.end, f.detector) for f in scan.findings] == [(7, 23, "badge")]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"pattern": "(a"}, "refuses"), ({"pattern": r"a(?=b)"}, "refuses"), ({"pattern": "a*"}, "empty text"),
        ({"pattern": "a", "checksum": "no_such"}, "no checksum"), ({"pattern": "a", "matches": ("b",)}, "sample 1"),
        ({"pattern": "a", "ignores": ("b a 1",)}, "sample 1"), ({"pattern": "a", "key_pattern": "("}, "refuses"),
    ],
    ids=["broken", "look-ahead", "empty", "checksum", "missed sample", "false sample", "key pattern"],
)  # fmt: skip
def test_a_custom_rule_is_checked_at_load(settings: dict[str, Any], reason: str) -> None:
    """A rule that cannot work is refused with its place, its id and the reason."""
    with pytest.raises(DetectorError, match=rf"policy\.yaml:7.*rule own.*{reason}"):
        make(CustomRule(id="own", entity="X", origin="policy.yaml:7", **settings))


def test_ids_of_parts_are_taken() -> None:
    """A finding whose detector ends in ``-part`` is masked as a part of a value: no rule of a policy is called so."""
    with pytest.raises(DetectorError, match="rule spare-part: ids that end in -part"):
        make(CustomRule(id="spare-part", entity="X", pattern="a+"))


def test_a_missing_model_is_refused_at_load() -> None:
    """The error names the model and what to do."""
    with pytest.raises(DetectorError, match=r"no_such_model.*install"):
        Engine(EngineConfig(model="no_such_model", rules=()))


def test_two_rules_with_one_id_are_refused() -> None:
    """Ids are permanent and single."""
    with pytest.raises(DetectorError, match="taken twice"):
        make(DIGITS, Rule("digits", "X", "", "a"))


def test_the_digest_follows_what_is_found() -> None:
    """Equal settings give equal digests; another rule, list or threshold gives another."""
    base = make(DIGITS).digest
    assert base == make(DIGITS).digest
    others = [
        make(), make(DIGITS, min_score=0.7), make(DIGITS, allow=(AllowList(("x",)),)), make(DIGITS, time_budget_s=1.0)
    ]  # fmt: skip
    assert [engine.digest == base for engine in others] == [False, False, False, True]


def test_scan_text_gives_offsets_of_the_text() -> None:
    """Record keys, headers and reasons are scanned as they are; the key's name counts."""
    found = make(DIGITS).scan_text("é 123456")
    assert [(f.path, f.start, f.end, f.leaf_start, f.leaf_end) for f in found] == [("", 2, 8, 0, 9)]


def test_a_prefilter_that_fails_refuses_what_it_should_have_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of the records of the chunk; none passes."""
    engine = make(DIGITS)

    def broken(_: bytes) -> Any:
        raise RuntimeError("secret text")

    monkeypatch.setattr(engine.prefilter, "hits", broken)
    scan = engine.batch([b'{"a": "123456"}'])[0]
    assert scan.error == "detector_failed" and "secret" not in scan.detail


def test_threads_may_share_an_engine() -> None:
    """Scans from several threads do not disturb each other."""
    engine = make(DIGITS)
    records = [b'{"a": "%06d"}' % at for at in range(2000)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda at: engine.batch(records[at : at + 50]), range(0, 2000, 50)))
    assert all(len(scan.findings) == 1 for part in results for scan in part)
