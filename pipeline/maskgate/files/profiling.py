"""Which paths hold which kinds of data, over a sample, and the policy that this suggests."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from maskgate.base.document import decode
from maskgate.base.records import Outcome, Quarantined, Record
from maskgate.masking.masker import Detects, Masker
from maskgate_detectors import Finding, Scan
from maskgate_detectors.reader.lexer import NUMBER, STRING, LexError, lex

_BATCH = 256
_MANY = 100  # keys of one object over the sample that few records have: above, they are data, not names of fields
_RARE = 0.05  # of the records
_ID = re.compile(r"\d+|[0-9a-fA-F-]{16,}|(?=.*\d)[\w.:-]{20,}|.*@.*|.{80,}", re.DOTALL)


@dataclass
class Row:
    """One kind of data at one path."""

    path: str
    entity: str
    where: str = "value"
    records: int = 0
    findings: int = 0
    whole: int = 0  # findings that are the whole value
    parts: int = 0  # findings that are a part of a value over several fields
    least: float = 1.0
    best: float = 0.0
    detectors: Counter[str] = field(default_factory=Counter)
    operators: Counter[str] = field(default_factory=Counter)

    def add(self, other: Row) -> None:
        """Join the row of another path."""
        self.records += other.records
        self.findings += other.findings
        self.whole += other.whole
        self.parts += other.parts
        self.least, self.best = min(self.least, other.least), max(self.best, other.best)
        self.detectors += other.detectors
        self.operators += other.operators


@dataclass
class Profile:
    """The counts of a sample."""

    records: int
    unread: int
    rows: list[Row]
    present: dict[str, int]  # records that have a value at the path
    codes: dict[str, int]  # why records cannot be read

    def as_json(self) -> dict[str, Any]:
        """For programs; the rows that occur most often first."""
        return {
            "records": self.records,
            "unread": self.unread,
            "codes": self.codes,
            "paths": [self._row(row) for row in self.rows],
        }

    def _row(self, row: Row) -> dict[str, Any]:
        return {
            "path": row.path,
            "in": row.where,
            "entity": row.entity,
            "operator": ", ".join(sorted(row.operators)) or "-",
            "records": row.records,
            "share": row.records / self.records,
            "share_of_filled": self.share(row),
            "whole": row.whole / row.findings if row.findings else 1.0,
            "least_score": round(row.least, 4),
            "best_score": round(row.best, 4),
            "detectors": [name for name, _ in row.detectors.most_common()],
        }

    def share(self, row: Row) -> float:
        """The share of the records with a value at the path in which the kind was found."""
        return min(1.0, row.records / max(1, self.present.get(row.path, 0), row.records))


class Watching:
    """An engine that remembers what it said of the records of a batch."""

    def __init__(self, engine: Detects) -> None:
        self._engine = engine
        self.scans: dict[bytes, Scan] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def batch(self, records: Sequence[bytes], language: str | None = None) -> list[Scan]:
        """The engine's scans."""
        scans = self._engine.batch(records, language)
        self.scans.update(zip(records, scans, strict=True))
        return scans

    def scan_text(self, text: str, key: str | None = None) -> list[Finding]:
        """The engine's findings."""
        return self._engine.scan_text(text, key)


class Profiler:
    """Counts records batch by batch."""

    def __init__(self, masker: Masker, engine: Watching) -> None:
        self._masker = masker
        self._engine = engine
        self._total = 0
        self._codes: Counter[str] = Counter()
        self._rows: dict[tuple[str, str, str], Row] = {}
        self._present: Counter[str] = Counter()

    def add(self, records: Sequence[Record]) -> None:
        """Look at some records."""
        self._total += len(records)
        for record, outcome in zip(records, self._masker.batch(records), strict=True):
            scan = self._engine.scans.get(record.value or b"")
            if isinstance(outcome, Quarantined):
                self._codes[outcome.code] += 1
            else:
                self._record(record, outcome, scan.findings if scan is not None else ())
        self._engine.scans.clear()

    def unreadable(self, codes: Sequence[str]) -> None:
        """Records that could not even be handed over, each with its code."""
        self._total += len(codes)
        self._codes.update(codes)

    def _record(self, record: Record, outcome: Outcome, findings: Sequence[Finding]) -> None:
        keys = {f.path for f in findings if f.where == "key" or f.kind == "key"}
        self._present.update({folded(path, keys) for path in _filled(record.value or b"null")})
        seen: set[tuple[str, str, str]] = set()
        for f in findings:
            where = "key" if f.kind == "key" else "value"
            key = (folded(f.path, keys), f.entity, where)
            row = self._row(key, key not in seen)
            seen.add(key)
            row.findings += 1
            row.whole += f.kind != "key" and not f.layers and _covers(record.value or b"", f)
            row.parts += bool(f.subject)
            row.least, row.best = min(row.least, f.score), max(row.best, f.score)
            row.detectors[f.detector] += 1
        for use in getattr(outcome, "fields", ()):
            path = folded(use.path, keys)
            at = next((key for key in ((path, use.entity, w) for w in ("value", "key")) if key in seen), None)
            if at is None and keys and not use.path.startswith("#"):
                continue  # its path holds a masked key: it cannot be told which of the rows it is
            row = self._row(at or (path, use.entity, "value"), at is None and (path, use.entity, "value") not in seen)
            row.operators[use.operator] += 1
            if at is None:
                seen.add((path, use.entity, "value"))
                row.findings, row.whole = row.findings + 1, row.whole + 1
                row.least, row.best = min(row.least, use.score), max(row.best, use.score)
                row.detectors[use.detector] += 1

    def _row(self, key: tuple[str, str, str], fresh: bool) -> Row:
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Row(*key)
        row.records += fresh
        return row

    def result(self) -> Profile:
        """What was counted; objects with very many keys count as one path."""
        rare = _rare_keys(self._present, self._total)
        present: Counter[str] = Counter()
        for path, count in self._present.items():
            present[_starred(path, rare)] += count
        rows: dict[tuple[str, str, str], Row] = {}
        for (path, entity, where), row in self._rows.items():
            key = (_starred(path, rare), entity, where)
            rows.setdefault(key, Row(*key)).add(row)
        for row in rows.values():
            row.records = min(row.records, self._total)
        capped = {path: min(count, self._total) for path, count in present.items()}
        found = sorted(rows.values(), key=lambda row: (-row.records, row.path, row.entity))
        return Profile(self._total, self._codes.total(), found, capped, dict(self._codes.most_common()))


def profile(batches: Iterable[Sequence[Record | str]], masker: Masker, engine: Watching) -> Profile:
    """The counts over all batches; a code stands for a record that cannot be read."""
    profiler = Profiler(masker, engine)
    for batch in batches:
        records = [record for record in batch if not isinstance(record, str)]
        profiler.unreadable([code for code in batch if isinstance(code, str)])
        for start in range(0, len(records), _BATCH):
            profiler.add(records[start : start + _BATCH])
    return profiler.result()


def folded(path: str, keys: Iterable[str] = ()) -> str:
    """The path with ``*`` for array indexes, for keys that look like ids, and for the members named by ``keys``."""
    if not keys:
        return _plainly_folded(path)
    parts = path.split("/")
    for key in keys:
        found = key.split("/")
        if parts[: len(found)] == found:
            parts[len(found) - 1] = "*"
    return _plainly_folded("/".join(parts))


@lru_cache(maxsize=50_000)
def _plainly_folded(path: str) -> str:
    return "/".join("*" if part and _ID.fullmatch(part) else part for part in path.split("/"))


def _filled(value: bytes) -> Iterator[str]:
    """The paths of the strings and numbers that are not empty."""
    try:
        leaves, _ = lex(value, 500, 1_000_000)
    except LexError:
        return
    for leaf in leaves:
        if leaf.kind in (STRING, NUMBER) and leaf.end > leaf.start:
            yield leaf.path


def _covers(value: bytes, finding: Finding) -> bool:
    """The finding is the whole of its leaf, but for spaces."""
    text = decode(value[finding.leaf_start : finding.leaf_end])
    return not (text[: finding.start] + text[finding.end :]).strip()


def _rare_keys(present: Counter[str], total: int) -> dict[str, set[str]]:
    """Per object with very many keys, those that few records have: they are data, not names of fields."""
    children: dict[str, Counter[str]] = defaultdict(Counter)
    for path, count in present.items():
        parts = path.split("/")
        for at in range(1, len(parts)):
            children["/".join(parts[:at])][parts[at]] += count
    rare = {
        parent: {name for name, count in found.items() if count <= max(2, total * _RARE)}
        for parent, found in children.items()
        if len(found) > _MANY
    }
    return {parent: names for parent, names in rare.items() if len(names) > _MANY}


def _starred(path: str, rare: dict[str, set[str]]) -> str:
    if not rare:
        return path
    parts = path.split("/")
    out = [
        "*" if at and part in rare.get("/".join(parts[:at]), ()) else part  # the objects above as they are written
        for at, part in enumerate(parts)
    ]
    return "/".join(out)
