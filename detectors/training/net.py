"""Trains the network of ``maskgate_detectors.models.network``: gradients, Adam and the chain's loss, all in numpy.

Transitions are allowed or not and carry no score: the windows see the neighbours anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from maskgate_detectors.models.features import KIND_ROWS, NORM_SLOTS, PREFIX_SLOTS, SUFFIX_SLOTS
from maskgate_detectors.models.network import CASES, TAGS, Network, allowed_transitions, marginals, windows

TABLES = ("norm", "prefix", "suffix", "kind")
ENDS = np.cumsum((NORM_SLOTS, PREFIX_SLOTS, SUFFIX_SLOTS)).tolist()


@dataclass
class Shape:
    """Size of a network."""

    width: int = 128
    reach: tuple[int, ...] = (1, 1, 2, 4)
    pieces: int = 2
    norm_rows: int = 40_000
    affix_rows: int = 16_000


def create(shape: Shape, seed: int) -> Network:
    """Return a network with random weights."""
    r = np.random.default_rng(seed)
    w, p = shape.width, shape.pieces
    weights = {
        "norm": r.normal(0, 0.1, (shape.norm_rows, w)), "prefix": r.normal(0, 0.1, (shape.affix_rows, w)), "suffix": r.normal(0, 0.1, (shape.affix_rows, w)),
        "kind": r.normal(0, 0.1, (KIND_ROWS, w)), "case": r.normal(0, 0.1, (CASES, w)),
        "topic.W": np.zeros((w, w)),
        "out.W": np.zeros((w, len(TAGS))), "out.b": np.zeros(len(TAGS)),
        "transitions": np.where(allowed_transitions(), 0.0, -np.inf),
    }  # fmt: skip
    for name in TABLES:
        weights[name][0] = 0.0
    for name, inputs in [("mix", 4 * w), *((f"conv{i}", 3 * w) for i in range(len(shape.reach)))]:
        weights |= {
            f"{name}.W": r.normal(0, np.sqrt(1.5 / inputs), (inputs, w * p)),
            f"{name}.b": r.normal(0, 0.01, w * p),
            f"{name}.g": np.ones(w),
            f"{name}.s": np.zeros(w),
        }
    return Network({k: np.asarray(v, dtype=np.float32) for k, v in weights.items()}, shape.reach, shape.pieces)


@dataclass
class Batch:
    """Texts as arrays: feature rows of the distinct words, the words of each token, and what each token may be."""

    rows: np.ndarray  # distinct words x slots
    words: np.ndarray  # per token: number of its distinct word
    lengths: np.ndarray  # tokens per text
    cases: np.ndarray  # per text
    allowed: np.ndarray  # tokens x tags, bool
    weights: np.ndarray  # per text


@dataclass
class Trainer:
    """Adam over a network, with dropout, label constraints and an average of the weights."""

    net: Network
    seed: int = 0
    dropout: float = 0.15
    decay: float = 0.0
    average: float = 0.9995
    step: int = 0
    first: dict[str, np.ndarray] = field(default_factory=dict)
    second: dict[str, np.ndarray] = field(default_factory=dict)
    mean: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.r = np.random.default_rng(self.seed)
        self.first = {k: np.zeros_like(v) for k, v in self.net.weights.items()}
        self.second = {k: np.zeros_like(v) for k, v in self.net.weights.items()}
        self.mean = {k: v.copy() for k, v in self.net.weights.items()}

    def update(self, batch: Batch, rate: float) -> float:
        """Take one step and return the loss per token."""
        loss, grads, touched = self.gradients(batch)
        self.step += 1
        norm = np.sqrt(sum(float((g * g).sum()) for g in grads.values()))
        clip = min(1.0, 5.0 / (norm + 1e-6))
        b1, b2 = 0.9, 0.999
        fix = rate * np.sqrt(1 - b2**self.step) / (1 - b1**self.step)
        for name, grad in grads.items():
            rows = touched.get(name, slice(None))
            m, v, w = self.first[name], self.second[name], self.net.weights[name]
            g = grad * clip
            mm = m[rows] * b1 + (1 - b1) * g
            vv = v[rows] * b2 + (1 - b2) * g * g
            m[rows], v[rows] = mm, vv
            change = fix * mm / (np.sqrt(vv) + 1e-8)
            if self.decay and name.endswith(".W"):
                change += rate * self.decay * w[rows]
            w[rows] = w[rows] - change
        if self.step % 10 == 0:
            keep = min(self.average, (1 + self.step) / (10 + self.step)) ** 10
            for name, mean in self.mean.items():
                if name != "transitions":
                    np.add(mean, (self.net.weights[name] - mean) * np.float32(1 - keep), out=mean)
        return loss

    def averaged(self) -> Network:
        """Return the network with averaged weights."""
        weights = {k: v.copy() for k, v in self.mean.items()}
        for name in TABLES:  # what was never trained on says nothing
            weights[name][self.second[name].max(axis=1) == 0] = 0.0
        return Network(weights, self.net.reach, self.net.pieces)

    def gradients(self, batch: Batch) -> tuple[float, dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Return the loss per token, the gradients, and which rows of the tables they belong to."""
        net, w = self.net, self.net.weights
        grads: dict[str, np.ndarray] = {}
        # distinct words
        parts = np.split(batch.rows, ENDS, axis=1)
        x0 = np.concatenate([w[t][p].sum(axis=1) for t, p in zip(TABLES, parts, strict=True)], axis=1)
        vectors, mix_back = self._unit(x0, "mix")
        # tokens, with empty rows between texts
        lengths = batch.lengths
        starts = np.cumsum([net.gap, *(lengths + net.gap)])
        place = np.concatenate([np.arange(n) + s for n, s in zip(lengths, starts[:-1], strict=True)])
        real = np.zeros((int(starts[-1]), 1), dtype=np.float32)
        real[place] = 1
        x = np.zeros((int(starts[-1]), net.width), dtype=np.float32)
        case = np.repeat(batch.cases, lengths)
        entering = vectors[batch.words]
        firsts = np.cumsum(lengths) - lengths
        means = np.add.reduceat(entering, firsts, axis=0) / lengths[:, None].astype(np.float32)
        x[place] = entering + w["case"][case] + np.repeat(means @ w["topic.W"], lengths, axis=0)
        drop0 = self._mask(x.shape)
        x *= drop0
        backs = []
        for layer, reach in enumerate(net.reach):
            y, back = self._unit(windows(x, reach), f"conv{layer}")
            drop = self._mask(y.shape)
            x = (x + y * drop) * real
            backs.append((back, drop))
        scores = x[place] @ w["out.W"] + w["out.b"]
        longest, size = int(lengths.max()), len(TAGS)
        texts = np.repeat(np.arange(len(lengths)), lengths)
        column = place - np.repeat(starts[:-1], lengths)
        padded = np.zeros((len(lengths), longest, size), dtype=np.float32)
        padded[texts, column] = scores
        bound = np.zeros_like(padded)
        bound[texts, column] = np.where(batch.allowed, scores, -1e4)
        trans = w["transitions"]
        free, z_free = marginals(padded, trans, lengths)
        held, z_held = marginals(bound, trans, lengths)
        weights = batch.weights
        tokens = float((lengths * weights).sum())
        loss = float(((z_free - z_held) * weights).sum()) / tokens
        d_scores = (free[texts, column] - held[texts, column]) * (weights[texts] / tokens)[:, None]
        grads["out.W"] = x[place].T @ d_scores
        grads["out.b"] = d_scores.sum(axis=0)
        dx = np.zeros_like(x)
        dx[place] = d_scores @ w["out.W"].T
        width = net.width
        for reach, (back, drop) in zip(reversed(net.reach), reversed(backs), strict=True):
            dx = dx * real
            d_win = back(dx * drop, grads)
            dx = dx + d_win[:, width : 2 * width]
            dx[:-reach] += d_win[reach:, :width]
            dx[reach:] += d_win[:-reach, 2 * width :]
        dx = (dx * drop0)[place]
        d_case = np.zeros_like(w["case"])
        np.add.at(d_case, case, dx)
        grads["case"] = d_case
        d_topic = np.add.reduceat(dx, firsts, axis=0)
        grads["topic.W"] = means.T @ d_topic
        dx += np.repeat(d_topic @ w["topic.W"].T / lengths[:, None].astype(np.float32), lengths, axis=0)
        d_vectors = _scatter(batch.words, dx, len(batch.rows))
        d_x0 = mix_back(d_vectors, grads)
        touched = {}
        for i, (table, part) in enumerate(zip(TABLES, parts, strict=True)):
            flat = part.reshape(-1)
            unique, inverse = np.unique(flat, return_inverse=True)
            slots = part.shape[1]
            g = _scatter(
                inverse.reshape(-1), np.repeat(d_x0[:, i * width : (i + 1) * width], slots, axis=0), len(unique)
            )
            g[unique == 0] = 0.0
            grads[table], touched[table] = g, unique
        return loss, grads, touched

    def _mask(self, shape: tuple[int, ...]) -> np.ndarray:
        keep = 1 - self.dropout
        return (self.r.random(shape, dtype=np.float32) < keep).astype(np.float32) / np.float32(keep)

    def _unit(self, x: np.ndarray, name: str):  # type: ignore[no-untyped-def]
        """Return layer-normalised maxout of ``x`` and the function that takes its gradient back."""
        w, pieces = self.net.weights, self.net.pieces
        y = x @ w[f"{name}.W"]
        y += w[f"{name}.b"]
        half = y.shape[1] // pieces
        if pieces != 2:
            raise ValueError("training knows maxout of two pieces only")
        second = y[:, half:] > y[:, :half]
        best = np.where(second, y[:, half:], y[:, :half])
        best -= best.mean(axis=1, keepdims=True)
        inverse = 1.0 / np.sqrt(np.einsum("ij,ij->i", best, best)[:, None] / np.float32(half) + np.float32(1e-6))
        unit = best
        unit *= inverse
        out = unit * w[f"{name}.g"] + w[f"{name}.s"]

        def back(d_out: np.ndarray, grads: dict[str, np.ndarray]) -> np.ndarray:
            grads[f"{name}.g"] = np.einsum("ij,ij->j", d_out, unit)
            grads[f"{name}.s"] = d_out.sum(axis=0)
            d = d_out * w[f"{name}.g"]
            along = np.einsum("ij,ij->i", d, unit)[:, None] / np.float32(half)
            d -= d.mean(axis=1, keepdims=True)
            d -= unit * along
            d *= inverse
            dy = np.empty((len(d), 2 * half), dtype=np.float32)
            np.multiply(d, second, out=dy[:, half:])
            np.subtract(d, dy[:, half:], out=dy[:, :half])
            grads[f"{name}.W"] = x.T @ dy
            grads[f"{name}.b"] = dy.sum(axis=0)
            return dy @ w[f"{name}.W"].T

        return out, back


def _scatter(index: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """Return the sums of the rows of ``values`` by index."""
    order = np.argsort(index, kind="stable")
    ordered = index[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    out = np.zeros((size, values.shape[1]), dtype=np.float32)
    out[ordered[starts]] = np.add.reduceat(values[order], starts, axis=0)
    return out
