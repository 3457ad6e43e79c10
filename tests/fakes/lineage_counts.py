"""A lineage folder with rows of an hour, and its counts."""

from __future__ import annotations

from pathlib import Path

from fakes.lineage_rows import ENGINES, record
from fakes.lineage_store import writer
from maskgate.base.records import FieldUse, Masked, Quarantined
from maskgate.lineage.ask.rollup import Rollup
from maskgate.lineage.event import LineageEvent, Route, batch_event, record_event
from maskgate.lineage.wire.codec import encode

KINDS = (("IBAN_CODE", "fpe", 3), ("PERSON", "pseudonym", 700), ("SECRET", "redact", 20), ("LOCATION", "keep", 60))


def counted(folder: Path, now_ms: int) -> Rollup:
    """One record of ``orders`` with three values of an account and many of a name, and what else a minute brings."""
    one = writer(folder)
    for offset, event in enumerate(_events(now_ms)):
        one.add(offset, now_ms, encode(event))
    one.flush()
    rollup = Rollup(":memory:", folder)
    rollup.advance()
    return rollup


def _events(now_ms: int) -> list[LineageEvent]:
    fields = tuple(FieldUse("/a", kind, operator, "d", 1.0, n, "5e" * 16) for kind, operator, n in KINDS)
    masked = Masked(b"{}", b"k", (), fields, True)
    partner = Masked(b"{}", b"k", (), fields[1:2], True)
    passed = [record(offset) for offset in range(10, 110)]
    return [
        record_event(record(0), masked, ENGINES, Route("orders.masked", 0), time_ms=now_ms),
        record_event(record(1, "clicks"), partner, ENGINES, Route("partner.in", 0), time_ms=now_ms - 600_000),
        record_event(record(2), Quarantined("not_json"), ENGINES, Route("orders.dlq", 0), time_ms=now_ms),
        batch_event(passed, ENGINES, Route("orders.masked", 0), time_ms=now_ms - 7_200_000),
    ]
