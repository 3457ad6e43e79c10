"""Policies and people files that cost more than they look: aliases, and loops in loops over one record."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from maskgate.base import config, yaml_size
from maskgate.base.errors import MaskgateError, RecordError
from maskgate.base.records import Record
from maskgate.people import file as people_file
from maskgate.policy import PolicyHolder, conditions, load_policy, slow
from maskgate.policy import source as sources
from maskgate.policy.check import lint
from maskgate_detectors import Finding

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
NESTED = "event.a.all(x, event.a.all(y, event.a.all(z, x + y + z >= 0)))"


def _config(path: Path) -> object:
    return config.load(str(path))


def _policy(path: Path) -> object:
    return sources.parse(path.read_bytes(), path.name)


@pytest.mark.parametrize("read", [_config, _policy, people_file.load], ids=["settings", "policy", "people"])
def test_aliases_that_stand_for_a_billion_values_are_refused_at_once(
    read: Callable[[Path], object], tmp_path: Path
) -> None:
    """Every YAML file that we read is counted out before it is written out."""
    path = tmp_path / "bomb.yaml"
    path.write_text(BOMB)
    began = time.process_time()
    with pytest.raises(MaskgateError, match="aliases stand for more than"):
        read(path)
    assert time.process_time() - began < 5


UNREADABLE = {
    "deep lists": "a: " + "[" * 3000 + "]" * 3000,
    "deep mappings": "a: " + "{a: " * 2000,
    "deep blocks": "- " * 3000 + "a",
    "an alias in what it names": "a: &a [*a]\n",
    "a number of 6,000 digits": "a: 1" + "0" * 6000,
    "a month that is none": "a: 2026-99-99\n",
    "a time that is none": "a: 2026-01-01T99:99:99Z\n",
    "bytes that are none": "a: !!binary aaa=\n",
}


@pytest.mark.parametrize("form", UNREADABLE)
@pytest.mark.parametrize("read", [_config, _policy, people_file.load], ids=["settings", "policy", "people"])
def test_what_yaml_cannot_read_is_an_error_of_the_file(
    read: Callable[[Path], object], form: str, tmp_path: Path
) -> None:
    """Named with the file, not a traceback; a policy that an administrator signed ends no gate either."""
    path = tmp_path / "odd.yaml"
    path.write_text(UNREADABLE[form])
    with pytest.raises(MaskgateError, match=r"odd\.yaml"):
        read(path)
    holder = PolicyHolder(None)
    change = holder.offer(path.read_bytes(), "published")
    assert change is not None and change.error.startswith("published") and not change.accepted


def test_a_fault_in_reading_a_published_policy_leaves_the_last_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is: the policy is read again at every start, and would end every gate and worker."""
    holder = PolicyHolder(None)

    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("maskgate.policy.holder.compile_source", broken)
    change = holder.offer(b"id: x\n", "published")
    assert change is not None and change.error == "published: cannot be read: ZeroDivisionError"
    assert holder.current.ref.id != "x"


def test_aliases_of_ordinary_files_are_fine() -> None:
    """An anchor that is used some times is no bomb, and text that is no YAML is judged by its reader."""
    assert yaml_size.is_bomb(BOMB)
    assert not yaml_size.is_bomb("a: &a [1, 2]\nb: [*a, *a, *a]\n")
    assert not yaml_size.is_bomb("a: &a [1, *")


def _record(n: int) -> Record:
    return Record("events", 0, 0, json.dumps({"a": list(range(n))}).encode(), None)


FINDING = Finding(
    path="/a",
    start=0,
    end=1,
    entity="EMAIL_ADDRESS",
    score=1.0,
    detector="d",
    where="value",
    kind="string",
    leaf_start=0,
    leaf_end=1,
)


def test_loops_in_loops_over_a_long_record_are_not_decided() -> None:
    """A rule's condition that a record makes too long quarantines it, an export rule's holds it; neither runs."""
    pytest.importorskip("cel")
    record = _record(3000)
    began = time.process_time()
    with pytest.raises(RecordError, match="loops in loops"):
        conditions.rule_condition(NESTED, record, FINDING)
    assert conditions.export_condition(NESTED, record, json.loads(record.value or b""), [])
    assert time.process_time() - began < 2


def test_short_records_and_single_loops_are_decided() -> None:
    """What costs little is run, however long the list of one loop is."""
    pytest.importorskip("cel")
    assert conditions.rule_condition(NESTED, _record(20), FINDING)
    assert conditions.rule_condition("event.a.all(x, x >= 0)", _record(3000), FINDING)
    assert conditions._depth(NESTED) == 3
    assert conditions._depth("event.a.all(x, x == ')' || event.b.exists(y, y == '('))") == 2


SLOW = {
    "counts of what overlaps": r"(?:a|b)*a(?:a|b){1000}",
    "a look to the end from each match": r"a(?:.*z)?",
    "the same after numbers": r"\d+(?:.*#)?",
    "a gap of any signs": r"x.{0,900}y",
}
FAST = (r"EMP-\d{6}", r"\b[A-Z]{2}\d{8}\b", r"(?i)order[- ]?\d+", r"[\w.+-]+@[\w.-]+", r"(?i)(?:foo|bar).*baz")


@pytest.mark.parametrize("form", SLOW)
def test_a_pattern_that_runs_slowly_on_a_long_text_is_warned_of(form: str, tmp_path: Path) -> None:
    """Custom rules and allow lists; the look itself is bounded, however slow the pattern is."""
    path = tmp_path / "policy.yaml"
    path.write_text(
        "detection:\n"
        f"  custom:\n    - {{id: own, entity: BADGE, matches: [], pattern: '{SLOW[form]}'}}\n"
        f"  allow:\n    - {{entities: [EMAIL_ADDRESS], pattern: '{SLOW[form]}'}}\n"
    )
    began = time.process_time()
    found = [w for w in lint(load_policy(path)) if w.code == "slow-pattern"]
    assert time.process_time() - began < 30
    assert [w.where for w in found] == [f"{path}:3", f"{path}:5"], found
    assert "kB of text" in found[0].text


@pytest.mark.parametrize("pattern", FAST)
def test_ordinary_patterns_are_not_warned_of(pattern: str) -> None:
    """They are ten times as fast as what is warned of."""
    assert slow.seconds(pattern, ["EMP-123456", "AB12345678", "order 12", "foo baz"]) < slow.LIMIT_S


def test_the_texts_are_what_such_a_pattern_is_slow_on() -> None:
    """On one text of one sign alone the square of the length does not show."""
    units = list(slow.texts(r"\d+(?:.*#)?[\w-]{3}\x{41}(?P<value>x)", ("12#ab",)))
    assert {"0", "#", "a", "-", "x", "0 ", "12#ab ", "12#a"} <= set(units)
    assert max(map(len, units)) == slow.LENGTH
