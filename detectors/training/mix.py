"""Averages the weights of two trained models, one of which went on from the other.

``python -m training.mix OLD NEW --share 0.6 --out FOLDER``

What went on learns the new emphasis and forgets a little of the old; between the two lies less of either.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np

from maskgate_detectors.models.tagger import packed_weights, unpacked_weights

WEIGHTS = "weights.npz"


def mixed(old: Path, new: Path, share: float) -> dict[str, np.ndarray]:
    """Return the mean of the weights in both folders, in which ``share`` is that of ``new``."""
    with np.load(old / WEIGHTS, allow_pickle=False) as one, np.load(new / WEIGHTS, allow_pickle=False) as other:
        before, after = unpacked_weights(one), unpacked_weights(other)
    out = {}
    for name, weights in after.items():
        kept = name == "transitions"  # minus infinity where a tag cannot follow
        out[name] = weights if kept else np.float32(1 - share) * before[name] + np.float32(share) * weights
    return out


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.mix")
    parser.add_argument("old", type=Path, help="folder of a trained model")
    parser.add_argument("new", type=Path)
    parser.add_argument("--share", type=float, default=0.6, help="of the new weights")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    shutil.copytree(args.new, args.out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("state*.npz"))
    with (args.out / WEIGHTS).open("wb") as file:
        np.savez(file, **packed_weights(mixed(args.old, args.new, args.share)))


if __name__ == "__main__":
    main()
