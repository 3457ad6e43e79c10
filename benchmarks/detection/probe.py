"""Texts written by hand before the detectors were looked at, in nested records: with persons and places, and without.

``probe_people.txt`` and ``probe_things.txt`` hold one text a line behind its kind; ``⟦PERSON:…⟧`` marks a span and
``\\n`` a line break. The first figures on them are in ``docs/model-card.md``; since then they have been looked at, so
they now show a drop, not how well unseen texts fare.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.detection.marks import read_marked

HERE = Path(__file__).parent
_KEYS = (
    "text body message note notes description comment content summary details transcript remarks msg snippet".split()
)
_SHAPES: tuple[Callable[[random.Random, str, dict[str, str]], Any], ...] = (
    lambda rng, kind, leaf: {"id": rng.randrange(10**6), "type": kind, "payload": {**leaf, "lang": "en", "seq": 4}},
    lambda rng, kind, leaf: {"event": {"kind": f"{kind}.created"}, "data": {"items": [{**leaf, "open": True}]}},
    lambda rng, kind, leaf: {"meta": {"source": "crm"}, "thread": [{"n": 1, **leaf}, {"n": 2, "status": "read"}]},
    lambda rng, kind, leaf: {"ticket": {"status": "open", "history": [{"at": 1739265240, "entry": leaf}]}},
    lambda rng, kind, leaf: {"t": kind, "a": {"b": {"c": leaf}}, "score": 0.71},
    lambda rng, kind, leaf: {"channel": kind, "record": {"attrs": {"count": 3, "state": "NEW"}, **leaf}},
)


def records(name: str) -> Iterator[tuple[str, Any]]:
    """(kind, marked record) for each line of ``probe_<name>.txt``."""
    rng = random.Random(f"probe:{name}")
    for line in (HERE / f"probe_{name}.txt").read_text().splitlines():
        kind, text = line.split("\t", 1)
        leaf = {rng.choice(_KEYS): read_marked(text.replace("\\n", "\n").replace("\\t", "\t"))}
        yield kind, rng.choice(_SHAPES)(rng, kind, leaf)
