"""Marks names and places in texts, with a probability for each; needs no spaCy, which takes a second to import.

:mod:`maskgate_detectors.models.component` is the same as a component of a spaCy pipeline.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, Self

import numpy as np

from maskgate_detectors.freetext import gazetteer
from maskgate_detectors.models import path, verify
from maskgate_detectors.models.features import MAX_WORD, SLOTS, Features
from maskgate_detectors.models.network import (
    CASES,
    LABELS,
    TAGS,
    Array,
    Network,
    marginals,
    packed_weights,
    unpacked_weights,
)
from maskgate_detectors.models.tokens import forms, split

CACHED_WORDS = 20_000  # 10 MB at width 128
_SORTED_BATCH = 64
_PARTS = "BILU"  # as they follow each other in ``TAGS``
_SURELY_NOTHING = 0.5  # a word likelier nothing than this cannot be anything else


class Entity(NamedTuple):
    """A name or place in a text: code-point offsets, label, and how likely it is one."""

    start: int
    end: int
    label: str
    score: float


class Tagger:
    """Finds PERSON, LOCATION and ORGANIZATION. Loaded once, then shared by forked workers."""

    name = "ner"

    def __init__(self) -> None:
        self.labels = LABELS
        self.thresholds = dict.fromkeys(LABELS, 0.5)
        self.temperature = 1.0
        self._lock = Lock()
        self._network: Network | None = None
        self._features: Features | None = None
        self._known: dict[str, int] = {}
        self._matrix: Array = np.zeros((0, 0), dtype=np.float32)
        self._used = 0

    def configure(self, network: Network, features: Features, meta: dict[str, Any]) -> None:
        """Use ``network``; ``meta`` holds the thresholds per label and the temperature of the scores."""
        self._network, self._features = network, features
        self.thresholds = {label: float(meta["thresholds"][label]) for label in LABELS}
        self.temperature = float(meta["temperature"])
        self._reset()

    def classes(self, word: str) -> int:
        """Return the gazetteer's classes of ``word``, a mask of ``WordClass``."""
        return self._features.gazetteer.classes(word) if self._features is not None else 0

    def find(self, texts: Sequence[str]) -> list[list[Entity]]:
        """Return the entities of each text in document order."""
        found: list[list[Entity]] = [[] for _ in texts]
        for i, spans, probabilities in self._readings(texts):
            found[i] = self._entities(spans, probabilities)
        return found

    def weigh(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[tuple[list[Entity], list[tuple[float, ...]]]]:
        """Return the entities of each text and, for each of its given spans, how likely it is each of ``LABELS``."""
        weighed: list[tuple[list[Entity], list[tuple[float, ...]]]] = [
            ([], [(0.0,) * len(LABELS) for _ in asked]) for asked in spans
        ]
        for i, words, probabilities in self._readings(texts):
            shares = []
            for start, end in spans[i]:
                inside = [at for at, (first, after) in enumerate(words) if first < end and after > start]
                mean = probabilities[inside].mean(axis=0) if inside else np.zeros(len(TAGS))
                shares.append(tuple(float(mean[1 + 4 * k : 5 + 4 * k].sum()) for k in range(len(LABELS))))
            weighed[i] = self._entities(words, probabilities), shares
        return weighed

    def _readings(self, texts: Sequence[str]) -> Iterator[tuple[int, list[tuple[int, int]], Array]]:
        """Yield number, word spans and probabilities of each text that has words, short texts first."""
        spans = [split(text) for text in texts]
        order = sorted((i for i in range(len(texts)) if spans[i]), key=lambda i: len(spans[i]))
        for at in range(0, len(order), _SORTED_BATCH):
            chosen = order[at : at + _SORTED_BATCH]
            words = [forms(texts[i], spans[i]) for i in chosen]
            probabilities = self.probabilities(words, [case_of(texts[i]) for i in chosen])
            for row, i in enumerate(chosen):
                yield i, spans[i], probabilities[row, : len(spans[i])]

    def probabilities(self, texts: Sequence[Sequence[str]], cases: Sequence[int]) -> Array:
        """Return texts x longest x tags probabilities for tokenised texts."""
        if self._network is None:
            raise RuntimeError("the tagger has no weights; load it with maskgate_detectors.models.load_default()")
        net = self._network
        lengths = [len(words) for words in texts]
        vectors = self._vectors([w for words in texts for w in words])
        count = np.asarray(lengths)
        starts = np.cumsum([net.gap, *(count + net.gap)])
        place = np.concatenate([np.arange(n) + s for n, s in zip(lengths, starts[:-1], strict=True)])
        x = np.zeros((int(starts[-1]), net.width), dtype=np.float32)
        whole = net.topic(vectors, np.cumsum(count) - count, count) + net.weights["case"][np.asarray(cases)]
        x[place] = vectors + np.repeat(whole, lengths, axis=0)
        real = np.zeros((len(x), 1), dtype=np.float32)
        real[place] = 1.0
        scores = net.emissions(net.encode(x, real)) / self.temperature
        padded = np.zeros((len(texts), max(lengths), len(TAGS)), dtype=np.float32)
        padded[np.repeat(np.arange(len(texts)), lengths), place - np.repeat(starts[:-1], lengths)] = scores[place]
        return marginals(padded, net.weights["transitions"] / self.temperature, lengths)[0]

    def _entities(self, spans: Sequence[tuple[int, int]], probabilities: Array) -> list[Entity]:
        """Return the entities of a text: words that are likelier a person or a place than nothing or an organisation.

        What the model cannot tell apart, it has still found: persons and places count together, also in the score.
        """
        if probabilities[:, 0].min() > _SURELY_NOTHING:
            return []
        kinds = probabilities[:, 1:].reshape(-1, len(LABELS), len(_PARTS))
        shares = kinds.sum(axis=2)
        named, company = shares[:, 0] + shares[:, 1], shares[:, 2]
        nothing = probabilities[:, 0]
        families = np.where(named > np.maximum(nothing, company), 1, np.where(company > nothing, 2, 0))
        if not families.any():
            return []
        parts = np.where((families == 1)[:, None], kinds[:, 0] + kinds[:, 1], kinds[:, 2]).argmax(axis=1)
        entities: list[Entity] = []
        for first, after, family in _runs(families.tolist(), parts.tolist()):
            inside = shares[first:after].mean(axis=0)
            kind = 2 if family == 2 else int(inside[1] > inside[0])
            score = float(inside[2] if family == 2 else inside[0] + inside[1])
            if score >= self.thresholds[LABELS[kind]]:
                entities.append(Entity(spans[first][0], spans[after - 1][1], LABELS[kind], min(score, 1.0)))
        return entities

    def _vectors(self, words: Sequence[str]) -> Array:
        """Return one vector per word, from the cache where the word was seen before."""
        with self._lock:
            known = self._known
            new = [w for w in dict.fromkeys(words) if w not in known]
            if new:
                if len(known) + len(new) > CACHED_WORDS:
                    self._reset()
                    known, new = self._known, list(dict.fromkeys(words))
                self._learn(new)
            vectors: Array = self._matrix[[known[w] for w in words]]
            for word in new:
                if len(word) > MAX_WORD:
                    del known[word]
            return vectors

    def _learn(self, words: Sequence[str]) -> None:
        assert self._network is not None and self._features is not None
        rows = np.array([self._features.rows(w) for w in words], dtype=np.int32).reshape(-1, SLOTS)
        need = self._used + len(words)
        if need > len(self._matrix):
            rows_kept = max(need, min(2 * len(self._matrix), CACHED_WORDS), 4096)
            grown = np.zeros((rows_kept, self._network.width), dtype=np.float32)
            grown[: self._used] = self._matrix[: self._used]
            self._matrix = grown
        self._matrix[self._used : need] = self._network.embed(rows)
        self._known.update(zip(words, range(self._used, need), strict=True))
        self._used = need

    def _reset(self) -> None:
        self._known = {}
        self._matrix = np.zeros((0, self._network.width if self._network else 0), dtype=np.float32)
        self._used = 0

    def to_disk(self, path: Path | str, exclude: Iterable[str] = ()) -> None:
        """Write weights (bytes and half precision), gazetteer and thresholds to the folder ``path``."""
        assert self._network is not None and self._features is not None
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "weights.npz").open("wb") as file:
            np.savez(file, **packed_weights(self._network.weights))  # type: ignore[arg-type]
        packed = gazetteer.pack({w: self._features.gazetteer.classes(w) for w in self._features.gazetteer})
        (folder / gazetteer.FILE).write_bytes(packed)
        meta = {
            "reach": list(self._network.reach),
            "pieces": self._network.pieces,
            "norm_rows": self._features.norm_rows,
            "affix_rows": self._features.affix_rows,
            "thresholds": self.thresholds,
            "temperature": self.temperature,
        }
        (folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")

    def from_disk(self, path: Path | str, exclude: Iterable[str] = ()) -> Self:
        """Load what ``to_disk`` wrote."""
        folder = Path(path)
        meta = json.loads((folder / "meta.json").read_text())
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            network = Network.from_weights(unpacked_weights(stored), meta["reach"], meta["pieces"])
        words = gazetteer.load(folder)
        self.configure(network, Features(words, meta["norm_rows"], meta["affix_rows"]), meta)
        return self


def load(name: str) -> Tagger:
    """Return the component ``ner`` of a packed pipeline alone, after its checksums were verified."""
    verify(name)
    return Tagger().from_disk(path(name) / "ner")


def case_of(text: str) -> int:
    """Return 1 for a text without capitals, 2 for one without small letters, else 0."""
    case = 1 if text.islower() else 2 if text.isupper() else 0
    assert case < CASES
    return case


def _runs(families: Sequence[int], parts: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield (first, after, family) for each run of words of one family; B and U begin a run, L and U end it."""
    first, family = -1, 0
    for i, (found, part) in enumerate(zip(families, parts, strict=True)):
        if first >= 0 and (found != family or _PARTS[part] in "BU"):
            yield first, i, family
            first = -1
        if first < 0 and found:
            first, family = i, found
        if first >= 0 and _PARTS[part] in "LU":
            yield first, i + 1, family
            first = -1
    if first >= 0:
        yield first, len(families), family
