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
from maskgate_detectors.models.tokens import CHARACTER, forms, split
from training.generate import Example
from training.net import Batch, Shape

HIDDEN_REAL = 0.15  # the same in texts of people, whose names the lists hold no oftener than those of others
HIDDEN = 0.35  # share of the words of names whose classes the model does not get to see
# How much of a word's form the model does not get to see, and how often: what it could learn by heart.
WORDS_SHARES = (0.18, 0.06, 0.03)  # without its norm, with its ends only, with its norm only
CHARACTERS_SHARES = (
    0.55,
    0.25,
    0.10,
)  # without triples, with the character alone, with neither; of a part of the texts
CHARACTER_TEXTS = (0.0, 0.5, 1.0)  # by how much these shares count in a text
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
        self.memo: dict[tuple[str, int | None, int], tuple[int, ...]] = {}

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
        index: dict[tuple[str, int | None, int], int] = {}
        words, allowed, lengths, cases = [], [], [], []
        for example, spans in chosen:
            may = allowed_tags(spans, example)
            named = ~may[:, 0]
            hidden = HIDDEN_REAL if example.family in self.real else HIDDEN
            strength = self.r.choice(CHARACTER_TEXTS)
            for i, word in enumerate(forms(example.text, spans)):
                mask = None
                if named[i] and self.r.random() < hidden:
                    mask = self.features.known(word) & ~_NAMES
                blank = self._blank(word, strength)
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

    def _blank(self, word: str, strength: float) -> int:
        """Return how much of the form is hidden: 0 for nothing, 1 to 3."""
        draw = self.r.random()
        shares = WORDS_SHARES
        if word[0] == CHARACTER:
            shares = CHARACTERS_SHARES
            draw = draw / strength if strength else 1.0
        for blank, share in enumerate(shares, 1):
            if draw < share:
                return blank
            draw -= share
        return 0

    def _rows(self, key: tuple[str, int | None, int]) -> tuple[int, ...]:
        rows = self.memo.get(key)
        if rows is None:
            if len(self.memo) > 400_000:
                self.memo.clear()
            word, mask, blank = key
            rows = self.features.rows(word, mask=mask)
            if blank:
                hidden = _HIDDEN_OF_CHARACTERS if word[0] == CHARACTER else _HIDDEN_OF_WORDS
                rows = tuple(0 if i in hidden[blank] else row for i, row in enumerate(rows))
            self.memo[key] = rows
        return rows


# slots: norm 0 1, prefixes 2 to 4, suffixes 5 to 8; of a character itself 0, the triple round it 1 and 8, pairs 2 and 5
_HIDDEN_OF_WORDS = {1: {0, 1}, 2: {0, 1, 3, 4, 7, 8}, 3: {2, 3, 4, 5, 6, 7, 8}}
_HIDDEN_OF_CHARACTERS = {1: {1, 3, 6, 8}, 2: {1, 2, 3, 4, 5, 6, 7, 8}, 3: {0, 1, 2, 3, 4, 5, 6, 7, 8}}

__all__ = ["LABELS", "Batcher", "allowed_tags"]
