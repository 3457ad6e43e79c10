"""Draws the calibration of a model as SVG: ``python -m training.plot FOLDER docs/model-calibration.svg --corpora CORPORA``."""

from __future__ import annotations

import argparse
from pathlib import Path

from maskgate_detectors.models.tagger import Tagger
from training import corpora
from training.train import languages, synthetic
from training.tune import calibration, judged

SIZE, EDGE = 320, 40


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("svg", type=Path)
    parser.add_argument("--corpora", type=Path, required=True)
    args = parser.parse_args()
    model = Tagger().from_disk(args.folder)
    model.thresholds = dict.fromkeys(model.labels, 0.0)
    texts = [e for group in languages(corpora.read(args.corpora)["dev"], 250).values() for e in group]
    sets = {"real texts": texts, "held-out templates": synthetic("dev", 2000)}
    curves = {name: calibration(judged(e, model.find([x.text for x in e]))) for name, e in sets.items()}
    args.svg.write_text(svg(curves))
    for name, bins in curves.items():
        for low, mean, right, count in bins:
            print(f"{name}: score from {low:.2f}, mean {mean:.3f}, right {right:.3f}, n {count}")


def svg(curves: dict[str, list[tuple[float, float, float, int]]]) -> str:
    """Return a picture of share right against mean score, one line per set."""

    def at(score: float, right: float) -> tuple[float, float]:
        return EDGE + (score - 0.4) / 0.6 * SIZE, EDGE + (1 - right) * SIZE

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE + 2 * EDGE}" height="{SIZE + 3 * EDGE}" font-family="sans-serif" font-size="12">'
    ]
    parts.append(f'<rect x="{EDGE}" y="{EDGE}" width="{SIZE}" height="{SIZE}" fill="none" stroke="#888"/>')
    (x1, y1), (x2, y2) = at(0.4, 0.4), at(1, 1)
    parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#bbb" stroke-dasharray="4"/>')
    for tick in (0.4, 0.6, 0.8, 1.0):
        parts.append(
            f'<text x="{at(tick, 0)[0] - 8}" y="{SIZE + EDGE + 16}">{tick}</text><text x="8" y="{at(0.4, tick)[1] + 4}">{tick}</text>'
        )
    for (name, bins), colour in zip(curves.items(), ("#b03060", "#3060b0"), strict=True):
        points = " ".join("{:.1f},{:.1f}".format(*at(mean, right)) for _, mean, right, _ in bins)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(
            f'<text x="{EDGE + 8}" y="{EDGE + 20 + 18 * list(curves).index(name)}" fill="{colour}">{name}</text>'
        )
    parts.append(f'<text x="{EDGE + 90}" y="{SIZE + EDGE + 36}">mean score (share right on the left)</text></svg>')
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
