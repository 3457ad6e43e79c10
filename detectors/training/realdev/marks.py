"""Reads and writes the labelling format of ``guidelines.md``."""

from __future__ import annotations

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
LETTERS = {"P": "PERSON", "L": "LOCATION"}

Span = tuple[int, int, str]


def texts() -> dict[int, dict[str, str]]:
    """Return the texts of the set by id."""
    rows = (json.loads(line) for line in (HERE / "texts.jsonl").read_text().splitlines())
    return {row["id"]: row for row in rows}


def read(name: str) -> dict[int, list[Span]]:
    """Return the spans that one annotator marked, by text id; raises for a mark that its text does not contain."""
    rows = texts()
    marked: dict[int, list[Span]] = {number: [] for number in rows}
    for line in (HERE / name).read_text().splitlines():
        if not line.strip():
            continue
        number, _, marks = line.partition("\t")
        items = [m.strip() for m in marks.split(" | ") if m.strip()]
        marked[int(number)] = locate(rows[int(number)]["text"], items)
    return marked


def locate(text: str, marks: list[str]) -> list[Span]:
    """Return the spans of every occurrence of the marked words; the longer mark wins an overlap."""
    spans: list[Span] = []
    for mark in sorted(marks, key=len, reverse=True):
        label, words = LETTERS[mark[0]], mark[2:].strip()
        words, _, nth = words.partition("#") if re.search(r"#\d+$", words) else (words, "", "")
        body = r"\s+".join(map(re.escape, words.split()))
        left, right = ("" if not words[0].isalnum() else r"(?<!\w)"), ("" if not words[-1].isalnum() else r"(?!\w)")
        hits = list(re.finditer(left + body + right, text)) or list(re.finditer(body, text))
        if not hits:
            raise ValueError(f"no {mark!r} in {text[:60]!r}")
        for hit in hits[int(nth) - 1 : int(nth)] if nth else hits:
            if all(hit.end() <= s or hit.start() >= e for s, e, _ in spans):
                spans.append((hit.start(), hit.end(), label))
    return sorted(spans)
