"""The network's forward pass in numpy: word vectors, residual windows of maxout units, a chain of BILOU tags.

Only matrix products, no Python per token. Training lives outside the wheel and uses the same functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    """Weights by name, and the forward pass over them; ``reach`` is how far each window's neighbours are away."""

    weights: dict[str, Array]
    reach: tuple[int, ...]
    pieces: int

    @classmethod
    def from_weights(cls, weights: Mapping[str, NDArray[np.floating]], reach: Sequence[int], pieces: int) -> Network:
        """Return a network over single-precision copies of ``weights``."""
        single = {name: np.ascontiguousarray(w, dtype=np.float32) for name, w in weights.items()}
        return cls(single, tuple(reach), pieces)

    @property
    def gap(self) -> int:
        """Empty rows that texts need between them."""
        return max(self.reach)

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
        for layer, reach in enumerate(self.reach):
            x = (x + self._unit(windows(x, reach), f"conv{layer}")) * real
        return x

    def topic(self, vectors: Array, starts: NDArray[np.intp], lengths: NDArray[np.intp]) -> Array:
        """Return what every token of a text learns of the text as a whole, its language above all; a row per text."""
        means = np.add.reduceat(vectors, starts, axis=0) / lengths[:, None].astype(np.float32)
        return np.asarray(means @ self.weights["topic.W"], dtype=np.float32)

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


def windows(x: Array, reach: int = 1) -> Array:
    """Return every row beside its neighbours ``reach`` rows away, zeros beyond the ends."""
    rows, width = x.shape
    out = np.zeros((rows, 3 * width), dtype=x.dtype)
    out[reach:, :width] = x[:-reach]
    out[:, width : 2 * width] = x
    out[:-reach, 2 * width :] = x[reach:]
    return out


_TABLES = ("norm", "prefix", "suffix", "kind")
_STEPS = "/step"  # ends the name of the array with the step of each row


def packed_weights(weights: Mapping[str, Array]) -> dict[str, NDArray[Any]]:
    """Return the weights in half precision, the embedding tables in bytes with a step for each row."""
    out: dict[str, NDArray[Any]] = {}
    for name, w in weights.items():
        if name not in _TABLES:
            out[name] = w.astype(np.float16)
            continue
        step = np.maximum(np.abs(w).max(axis=1, keepdims=True) / 127, 1e-6).astype(np.float16)
        out[name] = np.rint(w / step.astype(np.float32)).clip(-127, 127).astype(np.int8)
        out[name + _STEPS] = step
    return out


def unpacked_weights(stored: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return what :func:`packed_weights` packed, in single precision."""
    return {
        name: np.multiply(stored[name], stored[name + _STEPS].astype(np.float32), dtype=np.float32)
        if name in _TABLES
        else stored[name].astype(np.float32)
        for name in stored
        if not name.endswith(_STEPS)
    }


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
