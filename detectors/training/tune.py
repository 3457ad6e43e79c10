"""Sets the thresholds and the temperature of a trained model on development data.

``python -m training.tune FOLDER --corpora CORPORA``

The temperature minimises the log loss of the entity scores on real texts. Then the thresholds are lowered together as
far as the precision over all development texts of the corpora allows: what is asked for is few leaks, at a precision
that is kept. Behind the thresholds the engine asks more of words that no list of names holds
(``maskgate_detectors.freetext.nerfilter.likely``).
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
from pathlib import Path

from maskgate_detectors.models.network import LABELS
from maskgate_detectors.models.tagger import Entity, Tagger
from training import corpora, evaluate, probe
from training.generate import Example
from training.train import languages, real, synthetic

THRESHOLDS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
TEMPERATURES = (0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0)


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
    bounds = [0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.001]
    out = []
    for low, high in itertools.pairwise(bounds):
        chosen = [(s, ok) for s, ok, _ in items if low <= s < high]
        if chosen:
            out.append(
                (low, sum(s for s, _ in chosen) / len(chosen), sum(ok for _, ok in chosen) / len(chosen), len(chosen))
            )
    return out


def temper(model: Tagger, examples: list[Example]) -> None:
    """Give ``model`` the temperature at which its scores say best how often it is right."""
    texts = [e.text for e in examples]
    model.thresholds = dict.fromkeys(LABELS, 0.0)
    losses = {}
    for model.temperature in TEMPERATURES:
        items = judged(examples, model.find(texts))
        losses[model.temperature] = -sum(math.log(max(s if ok else 1 - s, 1e-4)) for s, ok, _ in items) / len(items)
    model.temperature = min(losses, key=losses.__getitem__)
    print("log loss by temperature", {t: round(loss, 4) for t, loss in losses.items()})


def loosen(model: Tagger, examples: list[Example], precision: float) -> None:
    """Give ``model`` the thresholds that leak least at ``precision`` or more."""
    model.thresholds = dict.fromkeys(LABELS, 0.0)
    found = model.find([e.text for e in examples])
    best = (2.0, dict.fromkeys(LABELS, max(THRESHOLDS)))
    for person, location in itertools.product(THRESHOLDS, THRESHOLDS):
        least = {"PERSON": person, "LOCATION": location, "ORGANIZATION": 0.5}
        kept = [[e for e in entities if e.score >= least[e.label]] for entities in found]
        figures = evaluate.score(examples, kept)
        if figures["both"]["precision"] >= precision and figures["leaked"] < best[0]:
            best = (figures["leaked"], least)
    model.thresholds = best[1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--labels", default="labels.txt")
    parser.add_argument("--precision", type=float, default=0.87)
    args = parser.parse_args()
    model = Tagger().from_disk(args.folder)
    sources = set(json.loads((args.folder / "figures.json").read_text())["sources"])
    texts = [t for t in corpora.read(args.corpora)["dev"] if t.source in sources]
    groups = languages(texts, 250)
    everything = [example for group in groups.values() for example in group]
    temper(model, everything)
    loosen(model, everything, args.precision)
    sets = groups | {"packages": real(args.labels), "probe": probe.examples(), "templates": synthetic("dev", 2000)}
    for name, examples in sets.items():
        print(evaluate.line(name, evaluate.score(examples, model.find([e.text for e in examples]))))
    for low, mean, right, count in calibration(judged(everything, model.find([e.text for e in everything]))):
        print(f"score >= {low:.2f}: mean {mean:.3f}, right {right:.3f}, n {count}")
    tuned = {"thresholds": model.thresholds, "temperature": model.temperature}
    (args.folder / "thresholds.json").write_text(json.dumps(tuned, indent=1) + "\n")
    print(tuned)


if __name__ == "__main__":
    main()
