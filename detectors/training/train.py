"""Trains one model: ``python -m training.train --out FOLDER --seed 1 --minutes 12``. Prints figures as it goes."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from maskgate_detectors.freetext.gazetteer import Gazetteer
from maskgate_detectors.models.features import Features
from maskgate_detectors.models.network import LABELS, Network
from maskgate_detectors.models.tagger import Tagger
from training import evaluate, probe
from training.data import Batcher
from training.generate import Example, Generator, flatten
from training.lexicon import gazetteer
from training.net import Shape, Trainer, create
from training.realdev import marks
from training.sources import Prose

PROSE_SHARE = 0.38


def stream(seed: int, split: str = "train") -> Iterator[Example]:
    """Yield training examples: templates and prose."""
    rng = random.Random(seed)
    generator = Generator(seed, split)
    templates, prose = generator.examples(), Prose(seed)
    while True:
        if rng.random() < PROSE_SHARE:
            yield flatten(generator.noise(prose.draw()) if rng.random() < 0.5 else prose.draw(), "prose")
        else:
            yield next(templates)


def real(name: str) -> list[Example]:
    """Return the real development set as one annotator or the adjudicator labelled it."""
    rows, spans = marks.texts(), marks.read(name)
    return [Example(rows[i]["text"], spans[i], rows[i]["source"]) for i in rows]


def synthetic(split: str, count: int, seed: int = 99) -> list[Example]:
    """Return texts of held-out templates."""
    examples = Generator(seed, split).examples()
    return [next(examples) for _ in range(count)]


def tagger(net: Network, shape: Shape, words: Gazetteer, threshold: float = 0.5) -> Tagger:
    """Return a tagger over ``net``."""
    out = Tagger()
    meta = {"thresholds": dict.fromkeys(LABELS, threshold), "temperature": 1.0}
    out.configure(net, Features(words, shape.norm_rows, shape.affix_rows), meta)
    return out


def report(model: Tagger, sets: dict[str, list[Example]]) -> dict[str, dict]:
    """Print and return the figures on every set."""
    out = {}
    for name, examples in sets.items():
        figures = evaluate.score(examples, model.find([e.text for e in examples]))
        print(evaluate.line(name, figures), flush=True)
        out[name] = figures
    return out


def mean_of(folders: list[Path], shape: Shape) -> Network:
    """Return the network whose weights are the mean of those of several runs."""
    runs = [np.load(folder / "weights.npz") for folder in folders]
    weights = {k: np.mean([run[k].astype(np.float32) for run in runs], axis=0) for k in runs[0].files}
    return Network.from_weights(weights, shape.depth, shape.pieces)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--width", type=int, default=96)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--pieces", type=int, default=2)
    parser.add_argument("--rate", type=float, default=0.002)
    parser.add_argument("--dropout", type=float, default=0.12)
    parser.add_argument("--tokens", type=int, default=1500)
    parser.add_argument(
        "--init", type=int, default=1, help="seed of the first weights; runs that share it can be averaged"
    )
    parser.add_argument("--start", type=Path, nargs="+", help="go on from the mean of the weights of other runs")
    parser.add_argument("--real", default="labels.txt")
    args = parser.parse_args()
    shape = Shape(args.width, args.depth, args.pieces)
    words = Gazetteer(gazetteer())
    batcher = Batcher(words, shape, args.seed)
    net = mean_of(args.start, shape) if args.start else create(shape, args.init)
    trainer = Trainer(net, args.seed, args.dropout)
    sets = {"dev": synthetic("dev", 3000), "real": real(args.real), "probe": probe.examples()}
    examples = stream(args.seed)
    cpu, losses = time.process_time(), []
    while trainer.step < args.steps:
        chunk = [next(examples) for _ in range(12_000)]
        for batch in batcher.batches(chunk, args.tokens):
            progress = trainer.step / args.steps
            rate = args.rate * min(1.0, (trainer.step + 1) / 200) * max(0.02, 1 - progress)
            losses.append(trainer.update(batch, rate))
            if trainer.step % 500 == 0:
                print(
                    f"step {trainer.step} loss {np.mean(losses[-500:]):.4f} cpu {time.process_time() - cpu:.0f}s",
                    flush=True,
                )
            if trainer.step % 2000 == 0:
                report(tagger(trainer.averaged(), shape, words), sets)
            if trainer.step >= args.steps:
                break
    final = tagger(trainer.averaged(), shape, words)
    args.out.mkdir(parents=True, exist_ok=True)
    final.to_disk(args.out)
    figures = report(final, sets)
    (args.out / "figures.json").write_text(
        json.dumps({"args": {k: str(v) for k, v in vars(args).items()}, "figures": figures}, indent=1)
    )


if __name__ == "__main__":
    main()
