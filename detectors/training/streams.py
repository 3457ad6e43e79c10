"""Labelled public texts as an endless stream of training examples: as they are, detokenised, joined or spoilt."""

from __future__ import annotations

import random
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict

from maskgate_detectors.freetext.gazetteer import WordClass as W
from maskgate_detectors.text import layers
from training import eastern
from training.corpora import SPACED, Text, detokenised
from training.generate import Example, Generator, Segment, flatten

UNSPACED = frozenset(("zh", "ja", "ko", "th"))
# How often a text is drawn against one of an ordinary corpus: few and near to the product more, noisy ones less.
WEIGHTS = {
    "uner-ewt-dev": 8.0, "wnut17-train": 2.2, "broad-twitter": 1.8, "da-ddt": 1.5, "zh-gsd": 8.0, "gsd-ja": 6.0, "stockmark-ja": 4.5, "klue-ko": 3.5,
    "norne-nn": 2.2, "norne": 1.6, "swedish-train": 0.9, "sk-snk": 2.0, "hr-set": 1.3, "germeval": 3.4, "crossner": 1.2, "europeana-de": 2.0, "europeana": 0.45,
    "legal-de": 1.2, "wikiann": 0.4, "sv-talbanken": 0.7, "hiner": 0.8,
}  # fmt: skip
_HANDLE = re.compile(r"(?<![\w@])@\w+")
_CONTRACTED = {"de o": "do", "de a": "da", "de os": "dos", "de as": "das", "em o": "no", "em a": "na", "em os": "nos",
               "em as": "nas", "a o": "ao", "a os": "aos", "a a": "à", "por o": "pelo", "por a": "pela"}  # fmt: skip
_EXPANDED = re.compile(r"\b(de|em|por|a) (os|as|o|a)\b")


def segments(text: str, spans: list[tuple[int, int, str]]) -> list[Segment]:
    """Return the text cut at its spans."""
    out, at = [], 0
    for start, end, label in spans:
        out += [(text[at:start], ""), (text[start:end], label)]
        at = end
    return [s for s in [*out, (text[at:], "")] if s[0]]


def weight(text: Text) -> float:
    """Return how often a text is drawn."""
    return next((w for start, w in WEIGHTS.items() if text.source.startswith(start)), 1.0)


def _spoilt(text: Text) -> float:
    """Return how often a text is spoilt before it is drawn."""
    if text.lang in UNSPACED or text.lang == "hi":
        return SPOILT_UNSPACED
    return next((share for start, share in SPOILT.items() if text.source.startswith(start)), SPOILT_ELSE)


# How often a mention gives way to another of its language and label: few texts must not teach their names by heart.
SWAPPED = {"zh": 0.6, "ja": 0.55, "ko": 0.55, "en": 0.5, "de": 0.45, "sk": 0.35, "hi": 0.25, "hr": 0.25}
SWAPPED_ELSE = 0.3
LISTED = 0.4  # of the Chinese and Japanese ones, from the dictionaries
SPOILT = {
    "uner-ewt": 0.6,
    "wnut17": 0.6,
    "broad-twitter": 0.55,
}  # how often a text is spoilt: mails and posts are typed in haste
SPOILT_ELSE, SPOILT_UNSPACED = 0.4, 0.12
SIMPLIFIED = 0.35  # share of the Chinese texts that is drawn in simplified characters


class Mentions:
    """What persons and places are called in a language: every name of the labelled texts once."""

    def __init__(self, texts: list[Text], r: random.Random) -> None:
        self.r = r
        pools: dict[tuple[str, str, int], set[str]] = defaultdict(set)
        for text in texts:
            for start, end, label in text.spans:
                value = text.text[start:end]
                if not value.startswith("@"):
                    pools[text.lang, label, min(value.count(" "), 3)].add(value)
        self.pools = {key: sorted(values) for key, values in pools.items()}
        self.listed = {
            ("zh", "PERSON"): eastern.mentions("zh", W.FIRST) + eastern.mentions("zh", W.LAST),
            ("zh", "LOCATION"): eastern.mentions("zh", W.CITY),
            ("ja", "LOCATION"): eastern.mentions("ja", W.CITY),
        }
        self.japanese = eastern.mentions("ja", W.LAST), eastern.mentions("ja", W.FIRST)

    def swapped(self, value: str, label: str, lang: str) -> str:
        """Return the mention, or another in its place."""
        r = self.r
        if (
            value.startswith("@")
            or label not in ("PERSON", "LOCATION", "ORGANIZATION")
            or r.random() > SWAPPED.get(lang, SWAPPED_ELSE)
        ):
            return value
        if label != "ORGANIZATION" and lang in ("zh", "ja") and r.random() < LISTED:
            if (lang, label) in self.listed:
                return r.choice(self.listed[lang, label])
            last, first = r.choice(self.japanese[0]), r.choice(self.japanese[1])
            return r.choice((last, first, last + first, last + first))
        pool = self.pools.get((lang, label, min(value.count(" "), 3)))
        return r.choice(pool) if pool else value


class Corpus:
    """An endless stream of the texts of one part."""

    def __init__(self, texts: list[Text], seed: int) -> None:
        self.r = random.Random(f"{seed}/corpora")
        self.generator = Generator(seed)
        self.texts = texts
        self.mentions = Mentions(texts, self.r)
        self.sums = []
        total = 0.0
        for text in texts:
            total += weight(text)
            self.sums.append(total)

    def draw(self) -> Example:
        """Return one example."""
        at = self.r.choices(range(len(self.texts)), cum_weights=self.sums)[0]
        text = self.texts[at]
        parts = self.segments(text)
        if self.r.random() < 0.12 and at + 1 < len(self.texts) and self.texts[at + 1].source == text.source:
            glue = "" if text.lang in ("zh", "ja") else self.r.choice((" ", " ", "\n"))
            parts = [*parts, (glue, ""), *self.segments(self.texts[at + 1])]
        if self.r.random() < _spoilt(text):
            parts = self.generator.noise(parts)
        if self.r.random() < 0.04:
            parts = [(_plain(t), label) for t, label in parts]
        return opened(flatten([s for s in parts if s[0]], text.source))

    def segments(self, text: Text) -> list[Segment]:
        """Return one text cut at its spans, mostly without the blanks of its corpus."""
        value, spans = text.text, text.spans
        if SPACED.match(text.source) and self.r.random() < 0.6:
            value, spans = detokenised(value, spans)
        cut = [(self.mentions.swapped(t, label, text.lang), label) for t, label in segments(value, spans)]
        if text.lang == "zh" and self.r.random() < SIMPLIFIED:
            cut = [(eastern.simplified(t), label) for t, label in cut]
        if text.lang == "pt" and self.r.random() < 0.5:
            cut = [(_EXPANDED.sub(lambda m: _CONTRACTED.get(m[0], m[0]), t), label) for t, label in cut]
        return cut


def opened(example: Example) -> Example:
    """Return the example with handles left open where its corpus does not label them."""
    if "@" not in example.text or example.family.startswith("broad-twitter"):
        return example
    free = [
        (m.start(), m.end(), "?")
        for m in _HANDLE.finditer(example.text)
        if all(m.end() <= s or m.start() >= e for s, e, _ in example.spans)
    ]
    return example._replace(spans=sorted([*example.spans, *free]))


def folded(example: Example) -> Example:
    """Return the example as the engine shows it to a model: digits, marks and blanks of other scripts as those of ours."""
    view = layers.fold(example.text)
    if view is None or view.starts is None:
        return example
    starts = view.starts
    spans = [(bisect_left(starts, start), bisect_left(starts, end), label) for start, end, label in example.spans]
    return example._replace(text=view.text, spans=spans)


def _plain(text: str) -> str:
    """Return the text without accents."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
    return bare if len(bare) == len(text) else unicodedata.normalize("NFC", bare)
