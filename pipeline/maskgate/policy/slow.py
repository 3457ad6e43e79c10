"""How long RE2 takes for a pattern of a policy on a text of 100 kB that such a pattern is slow on.

RE2 never takes exponential time, and still two kinds are slow: one that needs more states than its memory holds runs
at the price of its size for each character, and one that looks to the end of the text from each of its matches costs
the square of the length. Neither can be told from the pattern, so it is run, on ever longer texts until it is too slow.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Sequence

from maskgate_detectors.model.registry import UNANCHORED, compile_re2

LENGTH = 100_000
LIMIT_S = 0.3
"""CPU time that a pattern may take for LENGTH characters: a fifth of what the engine gives the largest record."""
_STEPS = (100, 300, 1_000, 3_000, 10_000, 30_000, LENGTH)
_SHORTHANDS = {"d": "0", "w": "a", "s": " ", "S": "a", "D": "a", "W": "-", "n": "\n", "t": "\t"}
_ESCAPE = re.compile(r"\\x\{[0-9A-Fa-f]+\}|\\x[0-9A-Fa-f]{2}|\\[pP](?:\{\^?\w+\}|.)|\\(.)", re.DOTALL)
_COUNT = re.compile(r"\{\d*,?\d*\}|\(\?[A-Za-z:<=!]*(?:\w+>)?|\[:\^?\w+:\]")


def seconds(pattern: str, samples: Sequence[str] = ()) -> float:
    """CPU time for the worst of the texts; where it is above LIMIT_S, for as much of one as was run.

    Raises:
        DetectorError: RE2 refuses the pattern.
    """
    match = compile_re2(pattern, "pattern")._regexp.Match
    worst = 0.0
    for unit in texts(pattern, samples):
        for length in _STEPS:
            data = (unit * (length // len(unit) + 1))[:length].encode("utf-8", "replace")
            began = time.thread_time()
            at = 0
            while at < len(data):
                first, last = match(UNANCHORED, data, at, len(data))[0]
                if first < 0 or time.thread_time() - began > LIMIT_S:
                    break
                at = max(last, first + 1)
            worst = max(worst, time.thread_time() - began)
            if worst > LIMIT_S:
                return worst
    return worst


def texts(pattern: str, samples: Sequence[str]) -> Iterator[str]:
    """What is repeated: each sign that the pattern names, its samples and their beginnings, signs by chance."""
    escaped = [m[1] for m in _ESCAPE.finditer(pattern) if m[1]]
    bare = _COUNT.sub("", _ESCAPE.sub("", pattern))
    named = [_SHORTHANDS.get(sign, sign) for sign in escaped] + [sign for sign in bare if sign not in "()[]{}|*+?^$"]
    signs = sorted({sign for sign in (*named, "a", "0", " ") if sign.isprintable() or sign.isspace()})[:60]
    yield from signs
    yield from (f"{sign} " for sign in signs if sign != " ")
    for sample in samples[:5]:
        yield sample + " "
        yield sample[:-1] or sample
        yield sample[: len(sample) // 2] or sample
    chance = random.Random(1)
    for pool in (signs, [s for s in signs if s.isalnum()], [s for s in signs if s.isalpha()][:2], ["a", "b"]):
        if pool:
            yield "".join(chance.choices(pool, k=LENGTH))
