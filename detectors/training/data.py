"""Turns examples into batches: tokens, feature rows with names hidden from the gazetteer, and allowed tags."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from maskgate_detectors.freetext.gazetteer import Gazetteer
from maskgate_detectors.freetext.gazetteer import WordClass as W
from maskgate_detectors.models.features import SLOTS, Features
from maskgate_detectors.models.network import LABELS, TAGS
from maskgate_detectors.models.tagger import case_of
from maskgate_detectors.models.tokens import forms, split
from training.generate import Example
from training.net import Batch, Shape

HIDDEN_REAL = 0.15  # the same in texts of people, whose names the lists hold no oftener than those of others
HIDDEN = 0.35  # share of the words of names whose classes the model does not get to see
BLANKED = 0.06  # share of the words whose norm it does not get to see
_TAG = {tag: i for i, tag in enumerate(TAGS)}
_ALL = np.ones(len(TAGS), dtype=bool)
_NAMES = ~int(W.COMMON | W.CALENDAR | W.STREET | W.TITLE | W.ORGANIZATION) & 1023


def allowed_tags(spans: list[tuple[int, int]], example: Example) -> np.ndarray:
    """Return which tags each token may have: one, or all where the label is unsure."""
    allowed = np.zeros((len(spans), len(TAGS)), dtype=bool)
    allowed[:, 0] = True
    taken = np.zeros(len(spans), dtype=bool)
    for start, end, label in example.spans:
        inside = [i for i, (s, e) in enumerate(spans) if s < end and e > start]
        if not inside:
            continue
        shared = taken[inside].any()
        taken[inside] = True
        if label == "?" or shared:  # a token of two spans: no sequence of tags fits, so ask for none
            first = inside[0]
            while first and not allowed[first, 0] and shared:
                first -= 1
            allowed[first : inside[-1] + 1] = True
            continue
        allowed[inside] = False
        first, last = inside[0], inside[-1]
        if first == last:
            allowed[first, _TAG[f"U-{label}"]] = True
        else:
            allowed[first, _TAG[f"B-{label}"]] = allowed[last, _TAG[f"L-{label}"]] = True
            allowed[inside[1:-1], _TAG[f"I-{label}"]] = True
    return allowed


class Batcher:
    """Groups examples of like length into batches of about ``tokens`` tokens."""

    def __init__(self, gazetteer: Gazetteer, shape: Shape, seed: int, real: frozenset[str] = frozenset()) -> None:
        self.features = Features(gazetteer, shape.norm_rows, shape.affix_rows)
        self.r = random.Random(seed)
        self.real = real
        self.memo: dict[tuple[str, int | None, bool], tuple[int, ...]] = {}

    def batches(self, examples: list[Example], tokens: int = 1500) -> Iterator[Batch]:
        """Yield batches in random order."""
        prepared = []
        for example in examples:
            spans = split(example.text)
            if 0 < len(spans) <= 300:
                prepared.append((example, spans))
        prepared.sort(key=lambda p: len(p[1]) + self.r.random() * 6)
        groups, group, size = [], [], 0
        for item in prepared:
            if group and size + len(item[1]) > tokens:
                groups.append(group)
                group, size = [], 0
            group.append(item)
            size += len(item[1])
        if group:
            groups.append(group)
        self.r.shuffle(groups)
        for chosen in groups:
            yield self.batch(chosen)

    def batch(self, chosen: list[tuple[Example, list[tuple[int, int]]]]) -> Batch:
        """Return one batch."""
        index: dict[tuple[str, int | None, bool], int] = {}
        words, allowed, lengths, cases = [], [], [], []
        for example, spans in chosen:
            may = allowed_tags(spans, example)
            named = ~may[:, 0]
            hidden = HIDDEN_REAL if example.family in self.real else HIDDEN
            for i, word in enumerate(forms(example.text, spans)):
                mask, blank = None, False
                if named[i] and self.r.random() < hidden:
                    mask = self.features.known(word) & ~_NAMES
                blank = self.r.random() < BLANKED
                words.append(index.setdefault((word, mask, blank), len(index)))
            allowed.append(may)
            lengths.append(len(spans))
            cases.append(case_of(example.text))
        rows = np.array([self._rows(key) for key in index], dtype=np.int32).reshape(-1, SLOTS)
        return Batch(
            rows,
            np.array(words),
            np.array(lengths),
            np.array(cases),
            np.concatenate(allowed),
            np.ones(len(lengths), dtype=np.float32),
        )

    def _rows(self, key: tuple[str, int | None, bool]) -> tuple[int, ...]:
        rows = self.memo.get(key)
        if rows is None:
            if len(self.memo) > 400_000:
                self.memo.clear()
            word, mask, blank = key
            rows = self.features.rows(word, mask=mask)
            if blank:
                rows = (0, 0, *rows[2:])
            self.memo[key] = rows
        return rows


__all__ = ["LABELS", "Batcher", "allowed_tags"]
