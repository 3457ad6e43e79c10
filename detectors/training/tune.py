"""Sets the thresholds and the temperature of a trained model on development data: ``python -m training.tune FOLDER``.

The temperature minimises the log loss of the entity scores on the real and the hand-written texts. A threshold is the
lowest at which a kind reaches the wanted precision as the mean of the three sets, but never above ``MOST``: behind it
the engine asks more of words that no list of names holds (``maskgate_detectors.freetext.nerfilter.likely``).
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
from pathlib import Path

from maskgate_detectors.models.network import LABELS
from maskgate_detectors.models.tagger import Entity, Tagger
from training import evaluate, probe
from training.generate import Example
from training.train import real, synthetic

MOST = {"PERSON": 0.5, "LOCATION": 0.6}
GRID = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]


def development(labels: str) -> dict[str, list[Example]]:
    """Return the development sets by name."""
    return {"dev": synthetic("dev", 3000), "real": real(labels), "probe": probe.examples()}


def judged(examples: list[Example], found: list[list[Entity]]) -> list[tuple[float, bool, str]]:
    """Return score, rightness and label of every PERSON and LOCATION that was found."""
    out = []
    for example, entities in zip(examples, found, strict=True):
        for e in entities:
            if e.label in evaluate.KINDS and not any(
                e.start < b and e.end > a and k == "?" for a, b, k in example.spans
            ):
                gold = [s for s in example.spans if s[2] in evaluate.KINDS]
                out.append((e.score, 2 * evaluate._overlap(e[:3], gold) >= e.end - e.start, e.label))
    return out


def calibration(items: list[tuple[float, bool, str]]) -> list[tuple[float, float, float, int]]:
    """Return lower bound, mean score, share right and count of each bin of scores."""
    bounds = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.001]
    out = []
    for low, high in itertools.pairwise(bounds):
        chosen = [(s, ok) for s, ok, _ in items if low <= s < high]
        if chosen:
            out.append(
                (low, sum(s for s, _ in chosen) / len(chosen), sum(ok for _, ok in chosen) / len(chosen), len(chosen))
            )
    return out


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", default="labels.txt")
    parser.add_argument("--precision", type=float, default=0.95)
    args = parser.parse_args()
    model = Tagger().from_disk(args.folder)
    sets = development(args.labels)
    model.thresholds = dict.fromkeys(LABELS, 0.0)
    losses = {}
    for temperature in (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.3, 2.6):
        model.temperature = temperature
        items = [i for name in ("real", "probe") for i in judged(sets[name], model.find([e.text for e in sets[name]]))]
        losses[temperature] = -sum(math.log(max(1e-4, s if ok else 1 - s)) for s, ok, _ in items) / len(items)
    model.temperature = min(losses, key=losses.__getitem__)
    print("log loss by temperature", {t: round(v, 4) for t, v in losses.items()})
    thresholds = dict.fromkeys(LABELS, 0.5)
    found = {name: model.find([e.text for e in examples]) for name, examples in sets.items()}
    for kind in evaluate.KINDS:
        for threshold in GRID:
            thresholds[kind] = threshold
            shares = []
            for name, examples in sets.items():
                kept = [
                    ok for score, ok, label in judged(examples, found[name]) if label == kind and score >= threshold
                ]
                shares.append(sum(kept) / max(len(kept), 1))
            if threshold >= MOST[kind] or sum(shares) / len(shares) >= args.precision:
                break
    model.thresholds = thresholds
    for name, examples in sets.items():
        print(evaluate.line(name, evaluate.score(examples, model.find([e.text for e in examples]))))
    for low, mean, right, count in calibration(
        [i for name in ("real", "probe") for i in judged(sets[name], found[name])]
    ):
        print(f"score >= {low:.2f}: mean {mean:.3f}, right {right:.3f}, n {count}")
    (args.folder / "thresholds.json").write_text(
        json.dumps({"thresholds": thresholds, "temperature": model.temperature}, indent=1) + "\n"
    )
    print(thresholds, model.temperature)


if __name__ == "__main__":
    main()
