"""Print what the product leaks of persons and places in labelled real texts, language by language.

``python -m benchmarks.detection.real_texts FOLDER [--part dev|test|train] [--model default|open|…]``

FOLDER holds ``corpora.jsonl.gz`` as ``training.corpora`` reads it; none of it lies in this repository. Every text is an
event ``{"text": …}`` that goes through the whole engine. *leak* is the share of labelled characters outside every
finding; *precision* counts the findings of which half lies on a labelled person or place, among all that are no
numbers and no addresses of mail or web; *touched* is the share of texts without a label of any kind in which one is.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training import corpora

KINDS = ("PERSON", "LOCATION")
BATCH = 64
_NOT_COUNTED = frozenset(("EMAIL_ADDRESS", "URL", "IP_ADDRESS", "DOMAIN_NAME", "DATE", "DATE_TIME"))
_UNLABELLED = {"en noisy": frozenset(("USERNAME",))}  # this corpus labels no handles


@dataclass
class Tally:
    """Counts over the texts of one language."""

    texts: int = 0
    characters: int = 0
    leaked: int = 0
    right: int = 0
    found: int = 0
    gold: int = 0
    hit: int = 0
    clean: int = 0
    touched: int = 0
    read: int = 0
    seconds: float = 0.0
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(
        self,
        text: str,
        spans: Sequence[tuple[int, int, str]],
        findings: Iterable[tuple[int, int, str]],
        uncounted: frozenset[str] = _NOT_COUNTED,
    ) -> None:
        """Count one text; findings of the ``uncounted`` kinds are neither right nor false."""
        named = {i for start, end, kind in spans if kind in KINDS for i in range(start, end)}
        found = list(findings)
        covered = {i for start, end, _ in found for i in range(start, end)}
        counted = [f for f in found if f[2] not in uncounted and not _is_number(text[f[0] : f[1]])]
        self.texts += 1
        self.read += len(text)
        self.characters += len(named)
        self.leaked += len(named - covered)
        self.found += len(counted)
        for start, end, kind in counted:
            good = 2 * len(named.intersection(range(start, end))) >= end - start
            self.right += good
            if not good:
                self.false.append(f"{kind} {text[start:end]!r} in {text[max(0, start - 40) : end + 40]!r}")
        for start, end, kind in spans:
            if kind in KINDS:
                self.gold += 1
                there = 2 * len(covered.intersection(range(start, end))) >= end - start
                self.hit += there
                if not there:
                    self.missed.append(f"{kind} {text[start:end]!r} in {text[max(0, start - 40) : end + 40]!r}")
        if not spans:
            self.clean += 1
            self.touched += bool(counted)

    def __iadd__(self, other: Tally) -> Tally:
        for name in ("texts", "characters", "leaked", "right", "found", "gold", "hit", "clean", "touched", "read"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seconds += other.seconds
        return self

    def figures(self) -> dict[str, float]:
        """The shares, by name."""
        precision, recall = self.right / max(self.found, 1), self.hit / max(self.gold, 1)
        return {
            "texts": self.texts,
            "leak": self.leaked / max(self.characters, 1),
            "precision": precision,
            "f2": 5 * precision * recall / max(4 * precision + recall, 1e-9),
            "touched": self.touched / max(self.clean, 1),
            "texts_per_s": self.texts / max(self.seconds, 1e-9),
            "characters": self.read / max(self.texts, 1),
        }


def _is_number(value: str) -> bool:
    return not any(char.isalpha() for char in value)


def group_of(text: corpora.Text) -> str:
    """The line a text counts for: its language, of English its kind."""
    if text.lang != "en":
        return text.lang
    start = text.source.split("-")[0]
    return {"broad": "en tweets", "wnut17": "en noisy", "uner": "en web"}.get(start, "en encyclopaedia")


def engine_findings(model: str) -> Any:
    """A function from texts to their findings, through the whole engine."""
    from maskgate_detectors import Engine, EngineConfig

    engine = Engine(EngineConfig(model=model, time_budget_s=5.0))
    engine.warm()

    def find(texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
        scans = engine.batch([json.dumps({"text": text}, ensure_ascii=False).encode() for text in texts])
        return [[(f.start, f.end, f.entity) for f in scan.findings if f.path == "/text"] for scan in scans]

    return find


def measure(texts: Sequence[corpora.Text], find: Any) -> dict[str, Tally]:
    """The counts by language, and ``all`` of them."""
    groups: dict[str, list[corpora.Text]] = defaultdict(list)
    for text in texts:
        groups[group_of(text)].append(text)
    tallies: dict[str, Tally] = {}
    total = Tally()
    for name in sorted(groups):
        tally = tallies[name] = Tally()
        for at in range(0, len(groups[name]), BATCH):
            part = groups[name][at : at + BATCH]
            start = time.process_time()
            found = find([text.text for text in part])
            tally.seconds += time.process_time() - start
            for text, findings in zip(part, found, strict=True):
                tally.add(text.text, text.spans, findings, _NOT_COUNTED | _UNLABELLED.get(name, frozenset()))
        total += tally
    tallies["all"] = total
    return tallies


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.real_texts")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", default="dev", choices=("train", "dev", "test"))
    parser.add_argument("--model", default="default")
    parser.add_argument("--most", type=int, default=10**9, help="texts of every corpus")
    parser.add_argument("--show", nargs="*", default=(), help="print misses and false findings of these lines")
    options = parser.parse_args()
    by_source: dict[str, list[corpora.Text]] = defaultdict(list)
    for text in corpora.read(options.folder)[options.part]:
        by_source[text.source].append(text)
    chosen = [t for texts in by_source.values() for t in texts[:: -(-len(texts) // options.most)]]
    tallies = measure(chosen, engine_findings(options.model))
    print(f"{'':18} {'texts':>6} {'leak':>6} {'precis.':>7} {'F2':>6} {'touched':>7} {'texts/CPU-s':>11}")
    for name, tally in tallies.items():
        f = tally.figures()
        print(
            f"{name:18} {f['texts']:6.0f} {f['leak']:6.3f} {f['precision']:7.3f} {f['f2']:6.3f} {f['touched']:7.3f}"
            f" {f['texts_per_s']:11.0f}"
        )
    for name in options.show:
        print(f"\n{name}")
        for title, lines in (("false", tallies[name].false), ("missed", tallies[name].missed)):
            for line in lines[:60]:
                print(f"  {title}: {line}")


if __name__ == "__main__":
    main()
