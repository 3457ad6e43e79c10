"""Speed on events of real systems: a folder with one ``*.ndjson`` file a kind, read in three states.

*First contact*: an engine that has seen nothing. *Known paths*: the same members with values that it has not seen.
*Repeated*: the same events again. Each is given as a ratio to an ``orjson`` round trip of the same bytes in the same
run, in CPU time, since machines differ and are busy.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from maskgate_detectors import Engine

BATCH = 256
STATES = ("first contact", "known paths", "repeated")
LEAST_BYTES, LEAST_EVENTS = 10_000, 10  # of a kind whose ratio is worth a line of its own
_LEAST_ORJSON = 0.02  # CPU-seconds: one round trip of a small set is below the clock's tick
_WORD = re.compile(r"[A-Za-z]{4,}")
_DIGITS = str.maketrans("123456789", "234567891")


class Row(NamedTuple):
    """One kind of events, or all together: its size and its CPU-seconds."""

    name: str
    events: int
    size: int
    states: tuple[float, float, float]  # CPU-seconds, in the order of ``STATES``
    orjson: float


def kinds(folder: Path) -> dict[str, list[bytes]]:
    """The events of a folder by the name of their file."""
    found = {
        file.stem: [line for line in file.read_bytes().split(b"\n") if line.strip()]
        for file in sorted(folder.glob("*.ndjson"))
    }
    if not any(found.values()):
        raise SystemExit(f"{folder}: no *.ndjson with events in it; give a folder with one JSON event a line")
    return found


def other_values(events: Sequence[bytes], step: int) -> list[bytes]:
    """``events`` with the strings of each path moved on by ``step`` events and made unlike what they were."""
    documents = [orjson.loads(event) for event in events]
    pools: dict[str, list[str]] = {}
    for document in documents:
        _walk(document, "", lambda path, text: pools.setdefault(path, []).append(text) or text)
    turns = {path: _turned(pool, step) for path, pool in pools.items()}
    return [orjson.dumps(_walk(document, "", lambda path, _: _unlike(next(turns[path])))) for document in documents]


def _turned(pool: list[str], step: int) -> Iterator[str]:
    at = step % len(pool)
    return iter(pool[at:] + pool[:at])


def _walk(value: Any, path: str, change: Callable[[str, str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _walk(inner, f"{path}/{key}", change) for key, inner in value.items()}
    if isinstance(value, list):
        return [_walk(inner, f"{path}/*", change) for inner in value]
    return change(path, value) if isinstance(value, str) else value


def _unlike(text: str) -> str:
    """Every digit another one, and one letter in each word of four or more."""
    return _WORD.sub(_other_letter, text.translate(_DIGITS))


def _other_letter(match: re.Match[str]) -> str:
    word = match[0]
    at = len(word) // 2
    letter = "e" if word[at] in "aA" else "a"
    return word[:at] + (letter.upper() if word[at].isupper() else letter) + word[at + 1 :]


def measure(make: Callable[[], Engine], sets: dict[str, list[bytes]], rounds: int) -> list[Row]:
    """Medians over ``rounds`` for each kind, and for all together as the last row."""
    runs = [_round(make(), sets, number) for number in range(1, rounds + 1)]
    rows = []
    for name in (*sets, "all kinds"):
        events = [event for kind in (sets if name == "all kinds" else (name,)) for event in sets[kind]]
        times = [run[name] for run in runs]
        first, known, again, bare = (statistics.median(column) for column in zip(*times, strict=True))
        rows.append(Row(name, len(events), sum(map(len, events)), (first, known, again), bare))
    return rows


def _round(engine: Engine, sets: dict[str, list[bytes]], number: int) -> dict[str, tuple[float, ...]]:
    times = {}
    for name, events in sets.items():
        others = other_values(events, number)
        states = [_cpu(engine, part) for part in (events, others, events)]
        times[name] = (*states, _orjson(events))
    times["all kinds"] = tuple(map(sum, zip(*times.values(), strict=True)))
    return times


def _cpu(engine: Engine, events: Sequence[bytes]) -> float:
    start = time.process_time()
    for at in range(0, len(events), BATCH):
        engine.batch(events[at : at + BATCH])
    return time.process_time() - start


def _orjson(events: Sequence[bytes]) -> float:
    count, start = 0, time.process_time()
    while (spent := time.process_time() - start) < _LEAST_ORJSON:
        for event in events:
            orjson.dumps(orjson.loads(event))
        count += 1
    return spent / count


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown: MB a CPU-second and the ratio to ``orjson`` in each state."""
    lines = [f"| kind | events | bytes | {' | '.join(STATES)} |", "|---|---|---|---|---|---|"]
    for row in rows:
        cells = [f"{row.size / spent / 1e6:.1f} MB/s, {row.orjson / spent:.4f}" for spent in row.states]
        lines.append(f"| {row.name} | {row.events:,} | {row.size:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def worst(rows: Sequence[Row]) -> Row:
    """The kind that is slowest when repeated, of those large enough to tell."""
    large = [row for row in rows[:-1] if row.size >= LEAST_BYTES and row.events >= LEAST_EVENTS] or rows[-1:]
    return min(large, key=lambda row: row.orjson / row.states[2])
