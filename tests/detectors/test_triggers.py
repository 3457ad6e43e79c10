"""The trigger of a custom rule fires wherever its pattern matches: the prefilter must not lose a finding."""

from __future__ import annotations

from typing import Any

import pytest
import re2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maskgate_detectors import CustomRule, Engine, EngineConfig, Scan
from maskgate_detectors.engine.reference import Reference
from maskgate_detectors.text.triggers import EVERY_VALUE, trigger_of

CASES = [
    (r"ID:[^,]{3}", "ID:xyz,"), (r"^E-\d{6}$", "E-123456"), (r"Nr.\d{5}", "Nr°12345"), (r"x\W{3}y", "x°°°y"),
    (r"\bKd\b\s\d{4}", "x Kd 1234"), (r"(?i)kunde-\d{4}", "KUNDE-1234"), (r"\pL{3}-\d{4}", "abc-1234"),
    (r"[[:alpha:]]{3}-\d{4}", "abc-1234"), (r"(?P<a>x)(?P<value>\d{4})", "x1234"), (r"\Aabc\d{4}\z", "abc1234"),
    (r"müller-\d{4}", "müller-1234"), (r"(?s)a.{0,900}b\d{3}", "axxxb123"), (r"\x{fc}ab\d{3}", "üab123"),
    (r"a{,3}b\d{3}", "a{,3}b123"), (r"\w+@corp", "zzz@corp"), (r".*x\d{4}", "zzx1234"),
    (r"(?:[a-z]{1,30}-){1,30}\d{4}", "ab-cd-1234"), (r"(?:a|b|c|d){400}\d{5}", "abcd" * 100 + "12345"),
    (r"[\^a]\d{4}", "^1234"), (r"[^\x00-\x7f]{2}\d{4}", "éé1234"), (r"(?:Kd|Nr)\.? ?\d{4}-[xyz]+", "Nr. 1234-xyx"),
    (r"(?i)MÜLLER-\d{4}", "müller-1234"), (r"[äöü]{2}\d{4}", "äü1234"), (r"[a-ü]x\d{4}", "éx1234"),
    (r"[^é]\d{4}x", "ü1234x"), (r"[\pL\d]{3}/\d{4}", "Aé1/1234"), (r"[^\pL]\d{4}x", "-1234x"),
    (r"[]a]\d{4}x", "]1234x"), (r"[^]a]\d{4}x", "b1234x"), (r"[[:^digit:]_]\d{4}x", "z1234x"),
    (r"\p{Greek}{2}\d{4}", "αβ1234"), (r"K\d{4}\z", "K1234"), (r"(?i)ſ\d{4}", "s1234"), (r"(?i)k[ſs]\d{4}", "KS1234"),
    (r"\x{1F600}\d{4}", "😀1234"), (r"[\x{1F600}-\x{1F64F}]\d{4}", "😁1234"),
    (r"\d{4}(?:-\d+)*", "no. 1234"), (r"#\d{4}|§[a-z]{4}", "§abcd"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("pattern", "text"), CASES, ids=[pattern for pattern, _ in CASES])
def test_a_custom_rule_is_found_as_the_plain_engine_finds_it(pattern: str, text: str) -> None:
    """Anchors, negated sets, classes and characters of several bytes lose nothing, with either prefilter."""
    rule = CustomRule(id="own", entity="OWN", pattern=pattern)
    record = ('{"zz": "' + text + '", "yy": "tail", "x": ""}').encode()
    # no other rules: what they trigger would hide a trigger that does not fire
    plain = EngineConfig(model="none", rules=(), custom=(rule,), cache_dir=None)
    expected = [(f.start, f.end) for f in Reference(plain).scan(record).findings]
    assert expected
    for prefilter in ("hyperscan", "re2"):
        settings_: Any = EngineConfig(model="none", rules=(), custom=(rule,), cache_dir=None, prefilter=prefilter)  # type: ignore[arg-type]
        engine = Engine(settings_)
        for scan in engine.batch([b'{"n": 1}', record, record]):
            assert scan.error is None
        assert [(f.start, f.end) for f in engine.batch([record, record])[1].findings] == expected


@pytest.mark.parametrize(
    ("record", "settings_"),
    [
        ('{"t": "staff card 123456"}', {"context": ("staff card",)}),
        ('{"staffCard": "123456"}', {"context": ("staff card",)}),
        ('{"t": "ТАБЕЛЬНЫЙ 123456"}', {"context": ("табельный",)}),
        ('{"t": "PRÜF-NR 123456"}', {"context": ("prüf-nr",)}),
        ('{"Prüfnr": "123456"}', {"keys": ("prüfnr",)}),
        ('{"社員番号": "123456"}', {"keys": ("社員番号",)}),
        ('{"order_id": "123456"}', {"keys": ("order id",)}),
    ],
    ids=["word", "word as key", "upper case", "upper case with umlaut", "key", "key without spaces", "key of an id"],
)
def test_a_rule_that_needs_context_finds_it(record: str, settings_: dict[str, Any]) -> None:
    """Words and keys in any case and script count, before and after the layout is learnt, and nothing else does."""
    rule = CustomRule(id="own", entity="OWN", pattern=r"\b\d{6}\b", needs_context=True, **settings_)
    config = EngineConfig(model="none", rules=(), custom=(rule,), cache_dir=None)
    engine, plain = Engine(config), Reference(config)
    expected = plain.scan(record.encode())
    assert len(expected.findings) == 1
    for _ in range(8):
        assert engine.batch([record.encode(), b'{"zz": "123456"}']) == [expected, Scan()]


WORDS = st.text(alphabet="abK5-_ é°,\n", max_size=3)
PATTERNS = [p for p, _ in CASES if trigger_of(p) != EVERY_VALUE and not any(s in p for s in ("[:", r"\p", r"\x{"))]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_where_the_pattern_matches_the_trigger_fires(data: st.DataObject) -> None:
    """Texts made from each pattern, between other texts."""
    pattern = data.draw(st.sampled_from(PATTERNS))
    text = (
        data.draw(WORDS) + data.draw(st.from_regex(pattern.replace(r"\z", r"\Z"), fullmatch=False)) + data.draw(WORDS)
    )
    if re2.search(pattern, text) is None:
        return  # Python reads \d and \w as classes of all scripts
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    assert (
        re2.compile(trigger_of(pattern).encode(), options=options).search(text.encode("utf-8", "replace")) is not None
    )


@pytest.mark.parametrize(
    ("pattern", "trigger"),
    [
        (r"E-\d{6}$", r"E\x2d(?:[\d]){6}"), (r"\w+@corp", r"(?:[\w]){1}\x40corp"), (r"x{3,5}", "(?:x){3}"),
        (r".*", EVERY_VALUE), (r"(a|)b?", EVERY_VALUE), (r"[^\pL]a", EVERY_VALUE),
        (r"(?:[a-z]{1,9}x){2,4}y", "(?:(?:[a-z])+x){2}y"),
    ],
)  # fmt: skip
def test_triggers_are_short(pattern: str, trigger: str) -> None:
    """What may be missing at the ends is left out; counts within counts do not multiply."""
    assert trigger_of(pattern) == trigger
