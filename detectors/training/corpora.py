"""Labelled public texts as training, development and test examples, kept apart by blocks of neighbouring texts.

A folder holds ``corpora.jsonl.gz``: one text a line with ``source``, ``licence``, ``lang``, ``text`` and ``spans``.
Neighbours in a corpus are often of one document, so whole blocks are held out, with a margin that nobody uses, and a
text that stands in a held-out block is dropped from training wherever else it stands.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

FILE = "corpora.jsonl.gz"
PARTS = {"dev": 0.06, "test": 0.05}  # the rest is train
MARGIN = 3  # texts on both sides of a held-out block that are in no part
SPACED = re.compile(  # corpora that join tokens by blanks
    r"^(?:broad-twitter|wnut17|swedish|crossner|germeval|legal-de|wikiann|europeana|hiner)"
)
_SHARE_ALIKE = re.compile(r"BY-SA")
_ENCYCLOPAEDIA = re.compile(r"^(?:crossner|wikiann)")  # licensed otherwise by its makers, yet text of an encyclopaedia
_CLOSE = re.compile(
    r" (?=[.,!?;:)\]}»…%”](?: |$)|['’](?:s|m|re|ve|ll|d|t)\b|n['’]t\b|\.\.\.|[।،؛])|(?<=[(\[{«„“@#$£€]) (?=\S)|(?<=\w) (?=['’] (?:s|t)\b)"
)
_QUOTE = re.compile(r'(?:(?<= )|^)"(?= )(.*?)(?<= )"(?= |$)')


class Text(NamedTuple):
    """One labelled text of a corpus."""

    source: str
    lang: str
    licence: str
    text: str
    spans: list[tuple[int, int, str]]

    @property
    def is_open(self) -> bool:
        """The text stands under a licence without share-alike."""
        return not _SHARE_ALIKE.search(self.licence) and not _ENCYCLOPAEDIA.search(self.source)


def read(folder: Path) -> dict[str, list[Text]]:
    """Return the texts of ``folder`` by part: ``train``, ``dev`` and ``test``."""
    by_source: dict[str, list[Text]] = defaultdict(list)
    with gzip.open(folder / FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            spans = _merged([(s, e, k) for s, e, k in row["spans"]])
            by_source[row["source"]].append(Text(row["source"], row["lang"], row["licence"], row["text"], spans))
    parts: dict[str, list[Text]] = {"train": [], "dev": [], "test": []}
    for source, texts in by_source.items():
        for part, text in zip(_parts(source, len(texts)), texts, strict=True):
            if part:
                parts[part].append(text)
    held_out = {_bare(t.text) for part in PARTS for t in parts[part]}
    parts["train"] = [t for t in parts["train"] if _bare(t.text) not in held_out]
    return parts


def _parts(source: str, count: int) -> list[str]:
    """Return the part of each text of a source, empty for the margins."""
    size = max(20, min(100, count // 20))
    blocks = list(range((count + size - 1) // size))
    random.Random(crc32(source.encode())).shuffle(blocks)
    out = ["train"] * count
    at = 0
    for part, share in PARTS.items():
        for _ in range(max(1, round(share * len(blocks)))):
            start, end = blocks[at] * size, min(count, blocks[at] * size + size)
            for i in (*range(max(0, start - MARGIN), start), *range(end, min(count, end + MARGIN))):
                if out[i] == "train":
                    out[i] = ""
            out[start:end] = [part] * (end - start)
            at += 1
    return out


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _merged(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return the spans in order, those that touch and have one label made one."""
    out: list[tuple[int, int, str]] = []
    for start, end, label in sorted(spans):
        if out and start <= out[-1][1]:
            if out[-1][2] == label:
                out[-1] = (out[-1][0], max(end, out[-1][1]), label)
            continue
        out.append((start, end, label))
    return out


def detokenised(text: str, spans: list[tuple[int, int, str]]) -> tuple[str, list[tuple[int, int, str]]]:
    """Return a text whose tokens a corpus joined by blanks as people write it, and its spans."""
    gone = {match.start() for match in _CLOSE.finditer(text)}
    for quote in _QUOTE.finditer(text):
        gone |= {quote.start() + 1, quote.end() - 2}
    kept = [i for i in range(len(text)) if i not in gone or text[i] != " "]
    place = {old: new for new, old in enumerate(kept)}
    moved = []
    for start, end, label in spans:
        inside = [place[i] for i in range(start, end) if i in place]
        if inside:
            moved.append((inside[0], inside[-1] + 1, label))
    return "".join(text[i] for i in kept), _merged(moved)
