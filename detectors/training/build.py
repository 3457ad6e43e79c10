"""Reproduces the shipped models: ``python -m training.build --corpora FOLDER``. Each is trained, tuned and packed.

``sa`` learns from all corpora, ``open`` from those without share-alike only; about 25 and 12 CPU-minutes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from training.lexicon import CACHE

STEPS = {"sa": 6000, "open": 3000}
NEEDED = {
    "wordnet-base": "/usr/share/wordnet/data.noun", "wamerican": "/usr/share/dict/american-english", "wngerman": "/usr/share/dict/ngerman", "wspanish": "/usr/share/dict/spanish",
    "fortunes": "/usr/share/games/fortunes/people.u8", "fortunes-de": "/usr/share/games/fortunes/de", "fortunes-es": "/usr/share/games/fortunes/es", "dict-foldoc": "/usr/share/dictd/foldoc.dict.dz",
    "developers-reference": "/usr/share/developers-reference/developers-reference.txt.gz", "debian-history": "/usr/share/doc/debian-history", "debian-faq": "/usr/share/doc/debian-faq",
    "mecab-ipadic": "/usr/share/mecab/dic/ipadic/Noun.name.csv",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpora", type=Path, required=True, help="folder of corpora.jsonl.gz")
    parser.add_argument("--out", type=Path, default=CACHE / "runs")
    parser.add_argument("--names", nargs="+", default=list(STEPS), choices=list(STEPS))
    parser.add_argument("--no-pack", action="store_true", help="leave the packed models as they are")
    args = parser.parse_args()
    if missing := [package for package, file in NEEDED.items() if not Path(file).exists()]:
        sys.exit(f"install the Debian packages {' '.join(missing)} first (apt-get install --no-install-recommends ...)")
    for name in args.names:
        folder = args.out / name
        only = ["--open"] if name == "open" else []
        run("train", "--corpora", args.corpora, "--out", folder, "--steps", str(STEPS[name]), *only)
        run("tune", folder, "--corpora", args.corpora)
        if not args.no_pack:
            run("pack", folder, "--name", name, "--thresholds", folder / "thresholds.json")


def run(module: str, *arguments: str | Path) -> None:
    """Run one of the modules beside this one."""
    subprocess.run([sys.executable, "-m", f"training.{module}", *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
