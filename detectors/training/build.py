"""Reproduces the shipped model: ``python -m training.build``. Two runs from the same first weights and with data of
different seeds are averaged, the mean is trained a little further, then the best of all three is tuned and packed.

The best is the one with the highest mean of F2 on the real texts and on the hand-written texts; held-out templates
only break ties. About 8 CPU-minutes a run, 1 for the last.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

from training.lexicon import CACHE

SEEDS = (1, 2)
NEEDED = {
    "wordnet-base": "/usr/share/wordnet/data.noun", "wamerican": "/usr/share/dict/american-english", "wngerman": "/usr/share/dict/ngerman", "wspanish": "/usr/share/dict/spanish",
    "fortunes": "/usr/share/games/fortunes/people.u8", "fortunes-de": "/usr/share/games/fortunes/de", "fortunes-es": "/usr/share/games/fortunes/es", "dict-foldoc": "/usr/share/dictd/foldoc.dict.dz",
    "developers-reference": "/usr/share/developers-reference/developers-reference.txt.gz", "debian-history": "/usr/share/doc/debian-history", "debian-faq": "/usr/share/doc/debian-faq",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=CACHE / "runs")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--steps", type=int, default=5500)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--no-pack", action="store_true", help="leave the packed model as it is")
    args = parser.parse_args()
    if missing := [package for package, file in NEEDED.items() if not Path(file).exists()]:
        sys.exit(f"install the Debian packages {' '.join(missing)} first (apt-get install --no-install-recommends ...)")
    scores = {}
    folders = [args.out / f"seed{seed}" for seed in args.seeds]
    for folder, seed in zip(folders, args.seeds, strict=True):
        scores[folder] = run(folder, "--seed", str(seed), "--steps", str(args.steps), "--width", str(args.width))
    scores[args.out / "mean"] = run(
        args.out / "mean", "--seed", "3", "--steps", "600", "--rate", "0.0006", "--width", str(args.width),
        "--start", *map(str, folders),
    )  # fmt: skip
    best = max(scores, key=scores.__getitem__)
    print("scores", {folder.name: round(value, 4) for folder, value in scores.items()}, "best", best)
    subprocess.run([sys.executable, "-m", "training.tune", best], check=True)
    if not args.no_pack:
        subprocess.run(
            [sys.executable, "-m", "training.pack", best, "--thresholds", best / "thresholds.json"], check=True
        )


def run(folder: Path, *arguments: str) -> float:
    """Train one model and return what it is chosen by."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "training.train", "--out", folder, *arguments], check=True)
    figures = json.loads((folder / "figures.json").read_text())["figures"]
    return (figures["real"]["both"]["f2"] + figures["probe"]["both"]["f2"]) / 2 + figures["dev"]["both"]["f2"] / 100


if __name__ == "__main__":
    main()
