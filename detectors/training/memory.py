"""Measures what a forked worker adds: ``python -m training.memory``."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gc
from pathlib import Path

from maskgate_detectors import models
from training.train import synthetic


def private_mb() -> float:
    """Return the megabytes that only this process holds."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def main() -> None:
    texts = [e.text for e in synthetic("test", 3000, 77)]
    tagger = models.load_default().get_pipe("ner")
    gc.freeze()
    if os.fork() == 0:
        before = private_mb()
        for at in range(0, len(texts), 256):
            tagger.find(texts[at : at + 256])
        print(
            f"a forked worker's own memory after {len(texts)} texts: {private_mb():.0f} MB (at start {before:.0f} MB)",
            flush=True,
        )
        os._exit(0)
    os.wait()


if __name__ == "__main__":
    main()
