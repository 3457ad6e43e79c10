"""Which paths hold which kinds of data, over a sample."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from maskgate.records import Quarantined, Record

if TYPE_CHECKING:
    from maskgate.masker import Masker

_INDEX = re.compile(r"/\d+(?=/|$)")
_BATCH = 64


def profile(values: Iterable[bytes], masker: Masker, topic: str) -> dict[str, Any]:
    """Counts per path and entity, most frequent first; paths are those of the masked documents."""
    rows: dict[tuple[str, str, str], list[float]] = {}
    total = unread = 0
    batch: list[Record] = []

    def work() -> None:
        nonlocal unread
        for outcome in masker.batch(batch):
            if isinstance(outcome, Quarantined):
                unread += 1
                continue
            seen: set[tuple[str, str, str]] = set()
            for use in outcome.fields:
                key = (_INDEX.sub("/*", use.path), use.entity, use.operator)
                row = rows.setdefault(key, [0, 1.0, 0.0])
                row[0] += key not in seen
                row[1], row[2] = min(row[1], use.score), max(row[2], use.score)
                seen.add(key)
        batch.clear()

    for value in values:
        batch.append(Record(topic, 0, total, value))
        total += 1
        if len(batch) >= _BATCH:
            work()
    work()
    paths = [
        {
            "path": path, "entity": entity, "operator": operator, "records": int(count), "share": count / total,
            "least_score": low, "best_score": high,
        }
        for (path, entity, operator), (count, low, high) in sorted(rows.items(), key=lambda r: (-r[1][0], r[0]))
    ]  # fmt: skip
    return {"records": total, "unread": unread, "paths": paths}
