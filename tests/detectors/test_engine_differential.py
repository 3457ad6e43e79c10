"""The fast engine finds exactly what the plain reference finds, in every spelling, with either prefilter."""

from __future__ import annotations

import functools

import pytest

from fakes.detection_events import Events
from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.engine.reference import Reference

RECORDS = 120


def config(prefilter: str) -> EngineConfig:
    """No model, and no limit of time: this compares findings."""
    return EngineConfig(model="none", prefilter=prefilter, time_budget_s=100.0)  # type: ignore[arg-type]


@functools.cache
def reference() -> Reference:
    """One oracle for all tests of this file."""
    return Reference(config("re2"))


@functools.cache
def engine(prefilter: str) -> Engine:
    """One engine per prefilter."""
    return Engine(config(prefilter))


@pytest.mark.slow
@pytest.mark.parametrize("prefilter", ["auto", "re2"])
@pytest.mark.parametrize("seed", range(2))
def test_equals_the_reference(prefilter: str, seed: int) -> None:
    """Random events with samples of every rule: same findings when seen first, and later."""
    fast = engine(prefilter)
    source = Events(fast.rules.rules, seed)
    records = [source.record() for _ in range(RECORDS)]
    first = fast.batch(records)
    for _ in range(5):
        again = fast.batch(records)
    for record, early, late in zip(records, first, again, strict=True):
        plain = reference().scan(record)
        assert early == late, "what is remembered changes what is found"
        missing = [f for f in plain.findings if f not in late.findings]
        extra = [f for f in late.findings if f not in plain.findings]
        assert not missing and not extra, ([f.detector for f in missing], [f.detector for f in extra], record[:200])
        assert late == plain


def test_batches_of_any_size_give_the_same() -> None:
    """One by one, or all at once: same scans in the same order."""
    fast = engine("auto")
    source = Events(fast.rules.rules, 9)
    records = [source.record() for _ in range(150)]
    records[3:3] = [b"{", b'"\xff"', b""]
    assert [fast.batch([record])[0] for record in records] == fast.batch(records)


@pytest.mark.slow
def test_spans_hold_what_was_found() -> None:
    """Leaf spans are the bytes between the quotes (or of the number), and offsets lie inside the decoded text."""
    fast = engine("auto")
    source = Events(fast.rules.rules, 11)
    for _ in range(100):
        record = source.record()
        for finding in fast.batch([record])[0].findings:
            raw = record[finding.leaf_start : finding.leaf_end]
            assert 0 <= finding.start < finding.end <= len(raw.decode())
            if finding.kind == "number":
                assert float(raw) is not None
            else:
                assert record[finding.leaf_start - 1 : finding.leaf_start] == b'"'
