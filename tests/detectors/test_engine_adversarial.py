"""Hostile texts stay within the time budget of their record."""

from __future__ import annotations

import functools
import json
import string
import time

import pytest

from maskgate_detectors import Engine, EngineConfig

CASES = {
    **{f"20,000 x {char}": char * 20_000 for char in string.punctuation},
    "a megabyte of digits": "1" * 1_000_000, "a@": "a@" * 400_000, "(1": "(1" * 10_000, "spaces": " " * 500_000,
    "letters": "A" * 900_000, "base64": "QUJD" * 100_000, "percent": "%41" * 100_000, "entities": "&amp;" * 50_000,
    "pairs": "email=" * 30_000, "digits and dashes": "1-" * 200_000, "digits and spaces": "1 " * 200_000,
    "digits and dots": "1." * 200_000, "names": "Anna Smith went home. " * 10_000, "backslashes": "\\\\" * 20_000,
    "plus": "+1" * 100_000, "begin": "-----BEGIN " * 20_000, "zero width": "a\u200b" * 60_000, "é": "é" * 100_000,
    "wide digits": "０" * 100_000, "context": "ssn passport iban " * 20_000, "url": "://a:" * 50_000,
    "jwt": "eyJ." * 100_000, "nested quotes": json.dumps(json.dumps(json.dumps(json.dumps('"' * 500)))),
}  # fmt: skip


@functools.cache
def engine() -> Engine:
    """The whole engine with its default model."""
    made = Engine(EngineConfig(max_record_bytes=2 << 20, time_budget_max_s=20.0))
    made.warm()
    return made


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_within_the_time_budget(case: str) -> None:
    """All rules, decoding and the model together take less CPU than the record's budget."""
    record = json.dumps({"text": CASES[case], "note": CASES[case][:500]}, ensure_ascii=False).encode()
    budget = 0.05 + 0.02 * len(record) / 1000
    ready = engine()
    start = time.process_time()
    scan = ready.batch([record])[0]
    assert scan.error is None
    assert time.process_time() - start < budget
