"""Trains one model: ``python -m training.train --out FOLDER --seed 1 --minutes 12``. Prints figures as it goes."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from maskgate_detectors.freetext.gazetteer import Gazetteer
from maskgate_detectors.models.features import Features
from maskgate_detectors.models.network import LABELS, Network
from maskgate_detectors.models.tagger import Tagger
from training import corpora, evaluate, probe, streams
from training.data import Batcher
from training.generate import Example, Generator, flatten
from training.lexicon import gazetteer
from training.native import Native
from training.net import TABLES, Shape, Trainer, create
from training.realdev import marks
from training.sources import Prose

# What an example is: a real labelled text, a template, prose of packages, prose of languages without a corpus.
SHARES = {"corpora": 0.67, "templates": 0.19, "prose": 0.08, "native": 0.06}
SAVED_EVERY = 1000  # steps
SHRUNK = 0.94


def stream(seed: int, texts: list[corpora.Text]) -> Iterator[Example]:
    """Yield training examples for ever."""
    rng = random.Random(seed)
    generator = Generator(seed)
    templates, prose, native, real = generator.examples(), Prose(seed), Native(seed), streams.Corpus(texts, seed)
    while True:
        kind = rng.choices(list(SHARES), list(SHARES.values()))[0]
        if kind == "corpora":
            yield streams.folded(real.draw())
            continue
        if kind == "templates":
            example = next(templates)
        else:
            segments = prose.draw() if kind == "prose" else native.draw()
            example = flatten(generator.noise(segments) if rng.random() < 0.5 else segments, kind)
        yield streams.folded(streams.opened(example))


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


def languages(texts: list[corpora.Text], most: int = 10**9) -> dict[str, list[Example]]:
    """Return the first texts of every language, tweets apart."""
    groups: dict[str, list[corpora.Text]] = defaultdict(list)
    for text in texts:
        groups["tweets" if text.source.startswith("broad-twitter") else text.lang].append(text)
    chosen = {name: groups[name][:: max(1, len(groups[name]) // most)] for name in sorted(groups)}
    return {name: [streams.folded(Example(t.text, t.spans, t.source)) for t in group] for name, group in chosen.items()}


def stopped(folder: Path, trainer: Trainer) -> None:
    """Go on where a run that was stopped saved its state."""
    with np.load(folder / "state.npz") as state:
        trainer.step = int(state["step"])
        for name, into in (
            ("w", trainer.net.weights),
            ("m", trainer.first),
            ("v", trainer.second),
            ("a", trainer.mean),
        ):
            for key in into:
                into[key][...] = state[f"{name}.{key}"]


def begun(folder: Path, trainer: Trainer) -> None:
    """Begin with the averaged weights of another run; the tables, which learn words by heart, at less than full size.

    What that run knew of how far each weight moves is kept: words met seldom must not jump when they are met again.
    """
    with np.load(folder / "state.npz") as state:
        trainer.step = int(state["step"])
        for key, into in trainer.net.weights.items():
            trainer.second[key][...] = state[f"v.{key}"]
            seen = state[f"v.{key}"].max(axis=1, keepdims=True) > 0 if key in TABLES else True
            into[...] = np.where(
                seen, state[f"a.{key}"] * (SHRUNK if key in TABLES else 1.0), into * (0.3 if key in TABLES else 1.0)
            )
            trainer.mean[key][...] = into


def save(folder: Path, trainer: Trainer, words: Gazetteer, shape: Shape) -> None:
    """Write the averaged model and the state to go on from."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = (("w", trainer.net.weights), ("m", trainer.first), ("v", trainer.second), ("a", trainer.mean))
    arrays = {f"{name}.{key}": value for name, weights in kinds for key, value in weights.items()}
    np.savez(folder / "state.part.npz", step=np.array(trainer.step), **arrays)
    (folder / "state.part.npz").replace(folder / "state.npz")
    tagger(trainer.averaged(), shape, words).to_disk(folder)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpora", type=Path, required=True, help="folder of corpora.jsonl.gz")
    parser.add_argument("--open", action="store_true", help="only texts whose licence is without share-alike")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.002)
    parser.add_argument("--dropout", type=float, default=0.12)
    parser.add_argument("--tokens", type=int, default=1500)
    parser.add_argument("--minutes", type=float, default=1e9, help="be done by then, with fewer steps")
    parser.add_argument(
        "--cpu-minutes", type=float, default=1e9, help="the same in CPU time, on a machine that is shared"
    )
    parser.add_argument("--start", type=Path, help="folder of a run to begin with, its tables made less sure")
    parser.add_argument("--resume", action="store_true", help="go on from the state saved in --out")
    args = parser.parse_args()
    shape = Shape(args.width)
    words = Gazetteer(gazetteer())
    parts = corpora.read(args.corpora)
    texts = [t for t in parts["train"] if t.is_open or not args.open]
    batcher = Batcher(words, shape, args.seed, frozenset(t.source for t in texts))
    trainer = Trainer(create(shape, args.seed), args.seed, args.dropout)
    if args.resume:
        stopped(args.out, trainer)
    elif args.start:
        begun(args.start, trainer)
    sets = {"templates": synthetic("dev", 1000), "packages": real("labels.txt"), "probe": probe.examples()}
    sets |= languages(parts["dev"], 200)
    examples = stream(args.seed + trainer.step, texts)
    cpu, began, losses, progress, first = time.process_time(), time.monotonic(), [], 0.0, trainer.step
    while progress < 1:
        chunk = [next(examples) for _ in range(4000)]
        for batch in batcher.batches(chunk, args.tokens):
            spent = (time.monotonic() - began) / 60 / args.minutes, (time.process_time() - cpu) / 60 / args.cpu_minutes
            progress = max(trainer.step / args.steps, *spent)
            rate = args.rate * min(1.0, (trainer.step - first + 1) / 200) * max(0.02, 1 - progress)
            losses.append(trainer.update(batch, rate))
            if trainer.step % 250 == 0:
                loss, seconds = np.mean(losses[-250:]), time.process_time() - cpu
                print(f"step {trainer.step} loss {loss:.4f} cpu {seconds:.0f}s", flush=True)
            if trainer.step % SAVED_EVERY == 0:
                save(args.out, trainer, words, shape)
                report(tagger(trainer.averaged(), shape, words), sets)
            if progress >= 1:
                break
    save(args.out, trainer, words, shape)
    figures = report(tagger(trainer.averaged(), shape, words), sets)
    (args.out / "figures.json").write_text(
        json.dumps(
            {
                "args": {k: str(v) for k, v in vars(args).items()},
                "steps": trainer.step,
                "sources": sorted({t.source for t in texts}),
                "figures": figures,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
