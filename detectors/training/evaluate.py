"""Measures a tagger: characters leaked, precision, F2 per kind, texts touched without cause, and speed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from training.generate import Example

KINDS = ("PERSON", "LOCATION")
Find = Callable[[Sequence[str]], list[list[tuple[int, int, str, float]]]]


def score(examples: Sequence[Example], found: Sequence[Sequence[tuple[int, int, str, float]]]) -> dict[str, Any]:
    """Return the figures over PERSON and LOCATION together and apart.

    A predicted span is right if it overlaps half of itself with labelled spans of PERSON or LOCATION (``precision``) or of
    its own kind (per kind); a labelled span is found if half of it is covered. ``leaked`` is the share of labelled
    characters outside every predicted span of either kind. Spans marked ``?`` count for nothing.
    """
    gold_chars = leaked = wrong_chars = predicted_chars = 0
    counts: dict[str, dict[str, int]] = {k: defaultdict(int) for k in (*KINDS, "both")}
    touched = clean = 0
    for example, spans in zip(examples, found, strict=True):
        gold = [s for s in example.spans if s[2] in KINDS]
        free = [s for s in example.spans if s[2] == "?"]
        guess = [(s, e, k) for s, e, k, *_ in spans if k in KINDS and not any(s < fe and e > fs for fs, fe, _ in free)]
        covered = {i for s, e, _ in guess for i in range(s, e)}
        real = {i for s, e, _ in gold for i in range(s, e)}
        gold_chars += len(real)
        leaked += len(real - covered)
        predicted_chars += len(covered)
        wrong_chars += len(covered - real)
        if not gold and not free:
            clean += 1
            touched += bool(guess)
        for kind in (*KINDS, "both"):
            g = [x for x in gold if kind in ("both", x[2])]
            p = [x for x in guess if kind in ("both", x[2])]
            c = counts[kind]
            c["gold"] += len(g)
            c["pred"] += len(p)
            c["hit"] += sum(2 * _overlap(x, p) >= x[1] - x[0] for x in g)
            c["right"] += sum(2 * _overlap(x, g) >= x[1] - x[0] for x in p)
    out: dict[str, Any] = {
        "leaked": leaked / max(gold_chars, 1),
        "char_precision": 1 - wrong_chars / max(predicted_chars, 1),
        "touched": touched / max(clean, 1),
        "clean_texts": clean,
    }
    for kind, c in counts.items():
        precision, recall = c["right"] / max(c["pred"], 1), c["hit"] / max(c["gold"], 1)
        f2 = 5 * precision * recall / max(4 * precision + recall, 1e-9)
        out[kind] = {"precision": precision, "recall": recall, "f2": f2, "gold": c["gold"], "pred": c["pred"]}
    return out


def _overlap(span: tuple[int, int, str], others: Sequence[tuple[int, int, str]]) -> int:
    return sum(max(0, min(span[1], e) - max(span[0], s)) for s, e, _ in others)


def line(name: str, figures: dict[str, Any]) -> str:
    """Return the figures on one line."""
    kinds = "  ".join(
        f"{k[:3]} P {figures[k]['precision']:.3f} R {figures[k]['recall']:.3f} F2 {figures[k]['f2']:.3f}"
        for k in (*KINDS, "both")
    )
    return f"{name:<12} leaked {figures['leaked']:.3f} charP {figures['char_precision']:.3f} touched {figures['touched']:.3f} | {kinds}"


def cpu_seconds(run: Callable[[], object], rounds: int = 3) -> float:
    """Return the least CPU time of a few runs."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best
