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
from maskgate.policy import conditions
from maskgate.policy import source as sources
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
