"""Packs a trained model into the wheel: ``python -m training.pack FOLDER``.

Writes one spaCy pipeline (blank language, own tokenizer, the tagger) with an empty string store, the licence of its
weights, and its checksums.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import spacy

from maskgate_detectors import models
from maskgate_detectors.models import component  # noqa: F401  (registers what the configuration names)
from training.licences import notice

CONFIG = {"nlp": {"tokenizer": {"@tokenizers": "maskgate.prose.v1"}}}
VERSION = "2.0.0"
SPDX = {"sa": "CC-BY-SA-4.0", "open": "Apache-2.0"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", default=models.DEFAULT, choices=models.NAMES)
    parser.add_argument("--thresholds", type=Path, help="thresholds.json of training.tune")
    args = parser.parse_args()
    pack(args.folder, args.name, json.loads(args.thresholds.read_text()) if args.thresholds else None)


def pack(folder: Path, name: str, tuned: dict[str, object] | None) -> None:
    """Write the model in ``folder`` as the packed model ``name``."""
    nlp = spacy.blank("xx", config=CONFIG)
    nlp.meta.update(
        name=f"maskgate_{name}",
        version=VERSION,
        description="PERSON, LOCATION and ORGANIZATION in free text",
        license=SPDX[name],
        author="The maskgate authors",
    )
    pipe = nlp.add_pipe("maskgate_ner", name="ner")
    pipe.from_disk(folder)
    if tuned:
        pipe.thresholds = tuned["thresholds"]
        pipe.temperature = tuned["temperature"]
    target = models.path(name)
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(target)
    for unused in ("lookups.bin", "vectors", "vectors.cfg"):
        (target / "vocab" / unused).unlink(missing_ok=True)
    sources = json.loads((folder / "figures.json").read_text())["sources"]
    (target / "LICENSE").write_text(notice(name, sources))
    sums = json.dumps(models.fingerprints(target), indent=1, sort_keys=True) + "\n"
    (target.parent / f"{name}.checksums.json").write_text(sums)
    size = sum(f.stat().st_size for f in target.rglob("*") if f.is_file())
    print(f"{target}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
