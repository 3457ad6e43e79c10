"""The network's forward pass in numpy: word vectors, residual windows of maxout units, a chain of BILOU tags.

Only matrix products, no Python per token. Training lives outside the wheel and uses the same functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maskgate_detectors.models.features import NORM_SLOTS, PREFIX_SLOTS, SUFFIX_SLOTS

Array = NDArray[np.float32]
Rows = NDArray[np.int32]

LABELS = ("PERSON", "LOCATION", "ORGANIZATION")
TAGS = ("O", *(f"{part}-{label}" for label in LABELS for part in "BILU"))
CASES = 3  # mixed, all lower, all upper: what capitals mean depends on the whole text
_EPSILON = np.float32(1e-6)
_TINY = np.float32(1e-30)  # keeps a text without a likely path finite


def allowed_transitions() -> NDArray[np.bool_]:
    """Return which tag may follow which: BILOU spans open and close properly. Last row: start; last column: end."""
    size = len(TAGS)
    allowed = np.zeros((size + 1, size + 1), dtype=bool)
    for i, before in enumerate((*TAGS, "^")):
        for j, after in enumerate((*TAGS, "$")):
            inside = before[0] in "BI"
            goes_on = after[0] in "IL" and after[1:] == before[1:]
            allowed[i, j] = goes_on if inside else after[0] in "OBU$"
    return allowed


@dataclass
class Network:
    """Weights by name, and the forward pass over them."""

    weights: dict[str, Array]
    depth: int
    pieces: int

    @classmethod
    def from_weights(cls, weights: Mapping[str, NDArray[np.floating]], depth: int, pieces: int) -> Network:
        """Return a network over single-precision copies of ``weights``."""
        return cls({name: np.ascontiguousarray(w, dtype=np.float32) for name, w in weights.items()}, depth, pieces)

    @property
    def width(self) -> int:
        """Width of a word vector."""
        return int(self.weights["norm"].shape[1])

    def embed(self, rows: Rows) -> Array:
        """Return one vector per word from its feature rows (``words`` x ``SLOTS``)."""
        w = self.weights
        ends = np.cumsum((NORM_SLOTS, PREFIX_SLOTS, SUFFIX_SLOTS))
        parts = np.split(rows, ends.tolist(), axis=1)
        tables = (w["norm"], w["prefix"], w["suffix"], w["kind"])
        x = np.concatenate([t[r].sum(axis=1) for t, r in zip(tables, parts, strict=True)], axis=1)
        return self._unit(x, "mix")

    def encode(self, x: Array, real: Array) -> Array:
        """Return contextual vectors; ``real`` is 1 for tokens and 0 for the gaps between texts."""
        for layer in range(self.depth):
            x = (x + self._unit(windows(x), f"conv{layer}")) * real
        return x

    def emissions(self, x: Array) -> Array:
        """Return a score per token and tag."""
        scores: Array = x @ self.weights["out.W"] + self.weights["out.b"]
        return scores

    def _unit(self, x: Array, name: str) -> Array:
        """Return layer-normalised maxout of ``x``."""
        w = self.weights
        y = x @ w[f"{name}.W"]
        y += w[f"{name}.b"]
        half = y.shape[1] // self.pieces
        best = y[:, :half]
        for piece in range(1, self.pieces):
            best = np.maximum(best, y[:, piece * half : (piece + 1) * half])
        best = best - best.mean(axis=1, keepdims=True)
        best *= 1.0 / np.sqrt(np.einsum("ij,ij->i", best, best)[:, None] / half + _EPSILON)
        best *= w[f"{name}.g"]
        best += w[f"{name}.s"]
        return np.asarray(best, dtype=np.float32)


def windows(x: Array) -> Array:
    """Return every row beside its neighbours, zeros beyond the ends."""
    rows, width = x.shape
    out = np.zeros((rows, 3 * width), dtype=x.dtype)
    out[1:, :width] = x[:-1]
    out[:, width : 2 * width] = x
    out[:-1, 2 * width :] = x[1:]
    return out


def marginals(emissions: Array, transitions: Array, lengths: Sequence[int]) -> tuple[Array, Array]:
    """Return the probability of every tag at every token of every text, and the log partition of every text.

    ``emissions`` is texts x longest x tags. ``transitions`` holds scores, ``-inf`` for what is not allowed.
    """
    texts, longest, size = emissions.shape
    top = emissions.max(axis=2, keepdims=True)
    potential = np.exp(emissions - top)
    step = np.exp(transitions[:size, :size])
    start, end = np.exp(transitions[size, :size]), np.exp(transitions[:size, size])
    length = np.asarray(lengths)
    last = length - 1
    forward = np.empty_like(potential)
    scale = np.empty((texts, longest), dtype=potential.dtype)
    now = potential[:, 0] * start
    for t in range(longest):
        if t:
            now = (now @ step) * potential[:, t]
        scale[:, t] = now.sum(axis=1) + _TINY
        now = now / scale[:, t, None]
        forward[:, t] = now
    backward = np.empty_like(potential)
    after = np.broadcast_to(end, (texts, size))
    for t in range(longest - 1, -1, -1):
        if t < longest - 1:
            nxt = (potential[:, t + 1] * after) @ step.T
            after = np.where((t >= last)[:, None], end, nxt / scale[:, t + 1, None])
        backward[:, t] = after
    joint = forward * backward
    total = joint.sum(axis=2, keepdims=True)
    inside = np.arange(longest)[None, :] < length[:, None]
    finish = (forward[np.arange(texts), last] * end).sum(axis=1)
    log_z = (np.where(inside, np.log(scale) + top[:, :, 0], 0.0)).sum(axis=1) + np.log(finish)
    return (joint / total).astype(np.float32), log_z.astype(np.float32)
