"""The evaluation counts what it says it counts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from maskgate_detectors.model.finding import Finding, Scan

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.detection import benign, handwritten, marks, score
from benchmarks.detection.__main__ import _read, worse


def finding(path: str, start: int, end: int, where: str = "value") -> Finding:
    """A finding at a span; the rest does not matter to the score."""
    kind = "key" if where == "key" else "string"
    return Finding(path, start, end, "PERSON", 0.9, "test", where, kind, 0, 0)  # type: ignore[arg-type]


def test_marks_become_spans_of_the_decoded_leaf() -> None:
    """A marked value gives its path and code points, in values, keys, lists and nested JSON text."""
    inner = json.dumps({"mail": marks.mark("EMAIL_ADDRESS", "a@b.co")}, ensure_ascii=False)
    case = marks.make("f", {"x": ["é " + marks.mark("PERSON", "Ana")], marks.mark("PERSON", "Bo"): inner})
    assert json.loads(case.data) == {"x": ["é Ana"], "Bo": '{"mail": "a@b.co"}'}
    assert [tuple(gold) for gold in case.gold] == [
        ("/x/0", "value", 2, 5, "PERSON"),
        ("/Bo", "key", 0, 2, "PERSON"),
        ("/Bo", "value", 10, 16, "EMAIL_ADDRESS"),
    ]


def test_wrappings_keep_the_marks() -> None:
    """Percent encoding goes through the marks; an encoding without positions marks its whole run."""
    text = marks.through("to " + marks.mark("EMAIL_ADDRESS", "a@b"), lambda piece: piece.replace("@", "%40"))
    assert marks.strip(text) == ("to a%40b", [(3, 8, "EMAIL_ADDRESS")])
    whole = marks.whole("to " + marks.mark("EMAIL_ADDRESS", "a@b"), str.upper)
    assert marks.strip(whole) == ("TO A@B", [(0, 6, "EMAIL_ADDRESS")])


@pytest.mark.parametrize(
    ("findings", "leak", "precision"),
    [
        ((finding("/x", 3, 6),), 0.0, 1.0),
        ((finding("/x", 3, 5),), 1 / 3, 1.0),
        ((), 1.0, 1.0),
        ((finding("/x", 0, 6),), 0.0, 1 - 2 / 6),  # "to" is spoiled, the blank between is free
        ((finding("/y", 0, 2),), 1.0, 0.0),
    ],
    ids=["exact", "a character short", "nothing", "a word too much", "another leaf"],
)
def test_leak_and_precision_are_shares_of_characters(
    findings: tuple[Finding, ...], leak: float, precision: float
) -> None:
    """What is not covered leaks; what is covered and is a letter of nothing is spoiled."""
    case = marks.make("f", {"x": "to " + marks.mark("PERSON", "Ana"), "y": "ok"})
    result = score.score([case], [Scan(findings)])
    assert result.leak == pytest.approx(leak)
    assert result.precision == pytest.approx(precision)


def test_optional_spans_count_neither_way() -> None:
    """A span of kind ``~…`` is no leak when missed and no harm when found."""
    case = marks.make("f", {"x": marks.mark("~LOCATION", "France")})
    assert score.score([case], [Scan(())]).gold == 0
    assert score.score([case], [Scan((finding("/x", 0, 6),))]).touched == 0


def test_a_held_record_does_not_leak() -> None:
    """A record with an error is kept back by the product: its values count as covered, and the error is counted."""
    case = marks.make("f", {"x": marks.mark("PERSON", "Ana")})
    result = score.score([case], [Scan(error="timeout")])
    assert (result.leak, result.errors) == (0.0, 1)


def test_a_drop_against_the_baseline_is_named() -> None:
    """More leaked, more touched or less precise than before fails the run; better does not."""
    then = {"s": {"characters": 9, "leak": 0.01, "precision": 0.99, "share_touched": 0.0}}
    assert worse({"s": {"leak": 0.0, "precision": 1.0, "share_touched": 0.0}}, then) == []
    assert worse({"s": {"leak": 0.05, "precision": 0.9, "share_touched": 0.0}}, then) == [
        "s: leak was 0.0100, is 0.0500",
        "s: precision was 0.9900, is 0.9000",
    ]


def test_benign_records_hold_no_mark_and_hand_written_ones_do() -> None:
    """The look-alike sets ask for nothing; each hand-written record asks for something."""
    import random

    golds = [gold for pair in benign.events(random.Random(1), 200) for gold in marks.make(*pair).gold]
    assert all(gold.kind.startswith("~") for gold in golds)
    assert all(marks.make("hand", _read(tree)).gold for tree in handwritten.RECORDS)
