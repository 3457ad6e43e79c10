"""Composes labelled texts from templates, names and noise; the same seed gives the same texts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from training.entities import ORG_PATTERNS, UNIVERSITIES, Entities
from training.fillers import EMOJI, FILLERS
from training.lookalikes import FIRMS

P, L, ORG, UNSURE = "PERSON", "LOCATION", "ORGANIZATION", "?"
TEMPLATES = Path(__file__).parent / "templates"
SPLITS = {"train": range(0, 84), "dev": range(84, 92), "test": range(92, 100)}
_SLOT = re.compile(r"\{(\w+)\}")
_LABELS = {
    "person": P, "first": P, "last": P, "full": P, "surname_first": P, "surname_initials": P, "native_person": P,
    "city": L, "country": L, "region": L, "place": L, "placefull": L, "streetname": L, "streetnum": L, "address": L, "addressml": L, "cityline": L,
    "placeaddr": L, "native_city": L, "native_address": L, "placecaps": L, "org": ORG, "university": ORG, "hospital": ORG, "lastplural": UNSURE, "initials": UNSURE, "firsttag": UNSURE,
}  # fmt: skip


class Example(NamedTuple):
    """A text, its labelled spans (label ``?``: could be anything), and the family it was made from."""

    text: str
    spans: list[tuple[int, int, str]]
    family: str


Segment = tuple[str, str]  # text, label or ""


def families(split: str) -> dict[str, list[str]]:
    """Return the templates of a split by topic. Each line of the template files is a family of its own."""
    out: dict[str, list[str]] = {}
    for file in sorted(TEMPLATES.glob("*.txt")):
        topic = ""
        for line in file.read_text().splitlines():
            if line.startswith("# "):
                topic = line[2:]
            elif line and crc32(line.encode()) % 100 in SPLITS[split]:
                out.setdefault(topic, []).append(line)
    return out


class Generator:
    """An endless stream of examples of one split."""

    def __init__(self, seed: int, split: str = "train") -> None:
        self.r = random.Random(f"{seed}/{split}")
        self.entities = Entities(self.r)
        self.families = families(split)
        self.topics = sorted(self.families)
        self.weights = [len(self.families[t]) for t in self.topics]

    def examples(self, noise: bool = True) -> Iterator[Example]:
        """Yield examples for ever."""
        while True:
            topic = self.r.choices(self.topics, self.weights)[0]
            segments = self.compose(topic)
            if self.r.random() < 0.14:
                other = self.r.choices(self.topics, self.weights)[0]
                segments = [
                    *segments,
                    (self.r.choice((" ", "\n", ". ", "; ", " - ", "\n\n", " | ")), ""),
                    *self.compose(other),
                ]
            if noise:
                segments = self.noise(segments)
            yield flatten(segments, topic)

    def compose(self, topic: str) -> list[Segment]:
        """Return the segments of one text of ``topic``."""
        entities = self.entities
        if topic == "native":
            entities.new_text(self.r.choice(entities.native))
        elif topic[:2] in _LOCALES and topic[2] == "-":
            entities.new_text(self.r.choices(*_LOCALES[topic[:2]])[0])
        else:
            entities.new_text()
        return self.fill(self.r.choice(self.families[topic]))

    def fill(self, template: str) -> list[Segment]:
        """Return ``template`` with alternatives chosen and slots filled."""
        text = self.choose(template.replace("\\n", "\n").replace("\\t", "\t"))
        segments: list[Segment] = []
        at = 0
        for match in _SLOT.finditer(text):
            segments.append((text[at : match.start()], ""))
            segments += self.slot(match[1])
            at = match.end()
        return _joined([s for s in [*segments, (text[at:], "")] if s[0]])

    def choose(self, template: str) -> str:
        """Return ``template`` with one alternative of every bracket, innermost first."""
        while (close := template.find("]")) >= 0 and (start := template.rfind("[", 0, close)) >= 0:
            options = re.split(r"(?<!\\)\|", template[start + 1 : close])
            chosen = "⟦" + options[0] + "⟧" if len(options) == 1 else self.r.choice(options)
            template = template[:start] + chosen + template[close + 1 :]
        return template.replace("⟦", "[").replace("⟧", "]").replace("\\|", "|")

    def slot(self, name: str) -> list[Segment]:
        """Return what fills the slot ``name``."""
        r, e = self.r, self.entities
        if name in FILLERS:
            value = FILLERS[name](r)
            return [(_SLOT.sub(lambda m: FILLERS[m[1]](r), value), "")]
        if name in ("quote", "quote_de", "quote_fr", "quote_es"):
            return [(r.choice(_quotes(name[6:])), "")]
        if name == "spelled":
            return [(f"that's {' '.join(e.last().upper())}", "")]
        if name == "lastplural":
            return [(e.last() + "s", UNSURE)]
        if name == "initials":
            return [(r.choice("ABCDEFGHJKLMNPRST") + r.choice("ABCDEFGHJKLMNPRST"), UNSURE)]
        if name == "firsttag":
            return [(e.first().lower().replace(" ", ""), UNSURE)]
        if name in ("placeneg", "firstneg", "lastneg"):
            return [({"placeneg": e.city, "firstneg": e.first, "lastneg": e.last}[name](), "")]
        if name == "wordname":
            return [(r.choice(_WORDNAMES), P)]
        if name == "namey":  # what products are called after
            return [(r.choice((e.first, e.last, e.city, e.city))() if r.random() < 0.7 else r.choice(_NAMED), "")]
        if name == "initlast":
            return [(f"{r.choice('ABCDEFGHJKLMNPRSTW')}. {e.last()}", P)]
        if name == "nick":
            return [
                (
                    r.choice((FILLERS["handle"](r), e.first().lower()[:5] + r.choice(("", "_", "^", "`", "42"))))[:14],
                    UNSURE,
                )
            ]
        if name == "job":
            return [(e.job(), "")]
        if name in _CAPITALS:
            return [(str(getattr(e, _CAPITALS[name])()).upper(), _LABELS[_CAPITALS[name]])]
        if name == "unitaddress":
            unit = r.choice(("House", "Flat", "Apartment", "Apt", "Unit", "Villa", "Plot", "Block", "Door", "Room"))
            return [(f"{unit} {r.randrange(1, 120)}, {e.address()}", L)]
        if name == "postcode":
            return [(e.postcode(), L)]
        if name == "placecaps":
            return [(e.placefull().upper(), L)]
        if name == "org":
            return [(e.org(ORG_PATTERNS), ORG)]
        if name == "firm":
            return [(r.choice(FIRMS), ORG)]
        if name == "university":
            return [(e.org(UNIVERSITIES), ORG)]
        if name == "hospital":
            return [
                (
                    e.org(
                        ["{city} General Hospital", "St. {first} Hospital", "{last} Clinic", "{city} Medical Center"]
                    ),
                    ORG,
                )
            ]
        value = str(getattr(e, name)())
        if name == "addressml":
            lines = value.split("\n")
            return [s for i, line in enumerate(lines) for s in ((("\n", ""),) if i else ()) + ((line, L),)]
        return [(value, _LABELS[name])]

    def noise(self, segments: list[Segment]) -> list[Segment]:
        """Return the segments as people, scanners and machines spoil them."""
        r = self.r
        draw = r.random()
        if draw < 0.13:
            segments = [(t.lower(), x) for t, x in segments]
        elif draw < 0.205:
            segments = [(t.upper(), x) for t, x in segments]
        elif draw < 0.22:
            segments = [(t.title(), x) for t, x in segments]
        elif draw < 0.26:
            segments = [(t.lower() if x and r.random() < 0.7 else t, x) for t, x in segments]
        elif draw < 0.28:
            segments = [(t.upper() if x and r.random() < 0.7 else t, x) for t, x in segments]
        if r.random() < 0.09:
            segments = [(_drop(t, r, keep=bool(x)), x) for t, x in segments]
        if r.random() < 0.06:
            segments = [(_typos(t, r) if r.random() < 0.6 else t, x) for t, x in segments]
        if r.random() < 0.02:
            segments = [(_ocr(t, r), x) for t, x in segments]
        if r.random() < 0.06:
            segments = _wrapped(segments, r)
        if r.random() < 0.03:
            segments = [(r.choice(("    ", "\t", "\u00a0\u00a0\u00a0 ", "  * ", "   ")), ""), *segments]
        if r.random() < 0.03:
            segments = [(t.replace(" ", r.choice(("  ", "\u00a0", "\t"))) if not x else t, x) for t, x in segments]
        if r.random() < 0.07:
            segments = self.posted(segments)
        if r.random() < 0.035:
            segments = _spaced(segments)
        if r.random() < 0.04:
            segments = [*segments, (" " + r.choice(EMOJI), "")]
        if r.random() < 0.05:
            segments = [(r.choice(_PREFIXES), ""), *segments]
        if r.random() < 0.03:
            segments = [(r.choice("\"'(*>-"), ""), *segments, (r.choice(('"', "'", ")", "*", "", "...")), "")]
        return segments

    def posted(self, segments: list[Segment]) -> list[Segment]:
        """Return the segments as a post: slang, a handle before, tags and links behind."""
        r = self.r
        if r.random() < 0.6:
            segments = [(t if x else _slang(t, r), x) for t, x in segments]
        handle = FILLERS["handle"](r)
        before = r.choice(
            (
                "",
                f"@{handle} ",
                f"RT @{handle}: ",
                f"RT @{handle} : ",
                f"@{handle} @{FILLERS['handle'](r)} ",
                ".@" + handle + " ",
                "MT @" + handle + " ",
                "via @" + handle + ": ",
            )
        )
        behind = "".join(
            r.choice(
                (
                    " " + FILLERS["hashtag"](r),
                    " " + FILLERS["url"](r),
                    " " + r.choice(EMOJI),
                    "!!!",
                    " lol",
                    " smh",
                    " RT",
                    " #FF",
                    " ...",
                )
            )
            for _ in range(r.randrange(3))
        )
        return [(before, ""), *segments, (behind, "")]


_SLANG = {
    "you": "u", "are": "r", "to": "2", "for": "4", "please": "pls", "because": "cuz", "with": "w/", "With": "w/", "and": "&", "tomorrow": "tmrw", "tonight": "2nite", "people": "ppl", "going to": "gonna", "want to": "wanna",
    "the": "da", "that": "dat", "my": "ma", "before": "b4", "great": "gr8", "see": "c", "be": "b", "your": "ur", "about": "abt", "really": "rly", "okay": "k", "love": "luv", "what": "wat", "don't": "dont", "I am": "im", "I'm": "im", "&": "&amp;",
}  # fmt: skip


def _slang(text: str, r: random.Random) -> str:
    words = [_SLANG.get(w, w) if r.random() < 0.5 else w for w in text.split(" ")]
    words = [
        w[:-1]
        if w.endswith("ing") and r.random() < 0.3
        else re.sub(r"([aeiou])(?=[a-z]?$)", r"\1\1\1", w)
        if len(w) > 2 and w.isalpha() and r.random() < 0.05
        else w
        for w in words
    ]
    return " ".join(words).replace("!", r.choice(("!", "!!!", "!!")))


def _spaced(segments: list[Segment]) -> list[Segment]:
    """Return the segments as corpora hold them: blanks round every token."""
    out = [
        (
            re.sub(
                r"n't\b",
                " n't",
                re.sub(r"\s*(['’](?:s|m|re|ve|ll|d)\b|[.,!?;:()\"…](?=\s|$)|[()\"])[^\S\n]*", r" \1 ", t),
            ),
            x,
        )
        for t, x in segments
    ]
    return [(re.sub(r"  +", " ", t.strip() if x else t), x) for t, x in out]


def _wrapped(segments: list[Segment], r: random.Random) -> list[Segment]:
    """Return the segments with the line broken at blanks, also inside names, as prose in files is."""
    width, indent, column, out = r.randrange(24, 72), r.choice(("\n", "\n", "\n    ", "\n\t", "\n  ")), 0, []
    for text, label in segments:
        words = re.split(r"( )", text)
        for i, word in enumerate(words):
            column += len(word)
            if word == " " and column + len(words[i + 1]) > width:
                words[i], column = indent, 0
        out.append(("".join(words), label))
    return out


def _joined(segments: list[Segment]) -> list[Segment]:
    """Return the segments with given name, blank and surname made one."""
    out: list[Segment] = []
    for segment in segments:
        if len(out) > 1 and segment[1] == P and out[-1] == (" ", "") and out[-2][1] == P:
            out[-2:] = [(f"{out[-2][0]} {segment[0]}", P)]
        else:
            out.append(segment)
    return out


_WORDNAMES = (
    "Edit Ruby Joy Santa Dawn Mark Will Rose June Faith Grace Bill Art Chase Drew Jean Crystal Amber Angel Max Penny Rusty Sandy Dusty Harry Bob Jack Rich Miles Reed Summer Autumn Brook Cliff Dale Glen Heath May April Hope "
    "Grant Frank Pat Sue Rob Gene Guy Carol Pearl Olive Ivy Iris Lily Daisy Violet Hazel Ginger Basil Sage Robin Jay Wade Lance Skip Chip Buck Ray Roman Christian Young Star Sky River Ocean Storm Precious Blessing Gift Happy Lucky"
).split()  # fmt: skip
_CAPITALS = {
    "capsname": "full",
    "capsfirst": "first",
    "capslast": "last",
    "capssurname": "surname_first",
    "capsaddress": "address",
}
_NAMED = (
    "Madison Florence Oscar Chelsea Paris Milano Vienna Oxford Cambridge Windsor Hampton Savannah Charlotte Victoria Sydney Austin Dallas Brooklyn Lincoln Sienna Verona Capri Malibu Aspen Denver Boston London Berlin Stockholm "
    "Oslo Helsinki Copenhagen Sierra Carolina Georgia Virginia Diana Stella Bella Luna Nora Ella Emma Sofia Olivia Hugo Max Leo Felix Theo Otto Bruno Billy Ivar Kallax Malm Hermes Athena Apollo Zeus Jack Johnnie Jim Ben Uncle "
    "Mayer Wilson Prince Head Dunlop Fender Gibson Stanley Porter Bentley Morgan Harley Davidson Royce Cartier Tiffany Lacoste Hilfiger Klein Lauren Kors Spade Burch Boss Wang Jacobs Balmain Clarks Dickens Darwin Tesla Edison Newton"
).split()  # fmt: skip


_PREFIXES = ["note: ", "Comment: ", "> ", ">> ", "msg=", "- ", "* ", "1. ", "FYI ", "Re: ", "Fwd: ", "[EXT] ", "summary: ", "Hi, ", "Hello,\n", "desc: ", "Answer: ", "Q: ", "A: ", "USER: ", "assistant: ", "P.S. ", "UPDATE: ", "## ", "\n", "  "]  # fmt: skip
_LOCALES = {
    "de": (["de_DE", "de_AT", "de_CH", "tr_TR", "pl_PL", "en_US"], [70, 8, 8, 5, 5, 4]),
    "fr": (["fr_FR", "fr_CA", "fr_CH", "fr_BE", "fr_DZ", "en_US"], [65, 8, 8, 8, 8, 3]),
    "it": (["it_IT", "de_CH", "es_ES"], [90, 5, 5]),
    "pt": (["pt_BR", "pt_PT"], [50, 50]),
    "nl": (["nl_NL", "nl_BE"], [60, 40]),
    "es": (["es_ES", "es_MX", "es_CO", "es_AR", "es_CA", "en_US"], [50, 18, 10, 9, 10, 3]),
}


def flatten(segments: list[Segment], family: str) -> Example:
    """Return the example that the segments make up, with blanks trimmed from the spans."""
    text, spans = "", []
    for part, label in segments:
        if label and (core := part.strip()):
            start = len(text) + part.index(core)
            spans.append((start, start + len(core), label))
        text += part
    return Example(text, spans, family)


@cache
def _quotes(lang: str) -> list[str]:
    from training.sources import quotes

    return quotes(lang or "en")


def _drop(text: str, r: random.Random, keep: bool) -> str:
    return re.sub(r"[,;!?.](?=\s)" if not keep else r",(?=\s)", "", text)


def _typos(text: str, r: random.Random) -> str:
    if len(text) < 4:
        return text
    for _ in range(1 + len(text) // 60):
        i = r.randrange(1, len(text) - 1)
        kind = r.randrange(4)
        if not text[i].isalpha():
            continue
        if kind == 0:
            text = text[:i] + text[i + 1 :]
        elif kind == 1:
            text = text[:i] + text[i] + text[i:]
        elif kind == 2:
            text = text[:i] + r.choice("aeiourstnl") + text[i + 1 :]
        elif i + 2 < len(text):
            text = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
        if len(text) < 4:
            break
    return text


def _ocr(text: str, r: random.Random) -> str:
    swaps = {"l": "1", "O": "0", "o": "0", "I": "l", "m": "rn", "e": "c", "S": "5", "B": "8", "h": "b"}
    return "".join(swaps[c] if c in swaps and r.random() < 0.12 else c for c in text)
