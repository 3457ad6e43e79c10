"""Which findings are sure enough to be looked for in the whole record, and as what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from maskgate_detectors.fields.parts import NAME_PART, place_in_subject
from maskgate_detectors.freetext.famous import VENDORS
from maskgate_detectors.freetext.listed import is_dictionary_word, is_of_a_role
from maskgate_detectors.model.finding import Finding
from maskgate_detectors.model.rule import PART
from maskgate_detectors.reader.lexer import decode

_LEAST_SCORE = 0.9
_LEAST_SECRET, _LEAST_DIGITS, _LEAST_USER, _LEAST_WORD = 8, 8, 5, 3
_NEVER = frozenset("LOCATION DATE_TIME DATE_OF_BIRTH IP_ADDRESS URL ORGANIZATION NRP AGE MAC_ADDRESS".split())
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[^\W_]+")
_SPELLED_NUMBER = re.compile(r"[\d +().\-/]+")


class Needle(NamedTuple):
    """What is looked for: ``whole`` (an address), ``digits``, ``name`` (words), ``secret``, ``word`` (an account),
    ``place`` (a word that may be another one, looked for only where accounts stand).
    """

    text: str  # as it was found
    kind: str
    source: Finding
    anchor: str  # its longest word, which is searched for
    before: int  # characters of the text before the anchor
    own: int  # how often the anchor stands in what was found already
    words: tuple[str, ...] = ()  # of a name, in small letters
    anchor_word: int = 0
    is_form: bool = False  # not as it was found: digits alone


def needles(record: bytes, findings: Sequence[Finding]) -> list[Needle]:
    """What of the findings is looked for, each text once."""
    found: dict[tuple[str, str], Needle] = {}
    texts: list[str] = []  # that stand in the record as they are: what is escaped there is not counted in its bytes
    leaf, escaped = -1, False
    for finding, text, kind in _sure(record, findings):
        if finding.leaf_start != leaf:
            leaf, escaped = finding.leaf_start, b"\\" in record[finding.leaf_start : finding.leaf_end]
        if finding.end and not escaped:  # no name put together of its parts
            texts.append(text.lower())
        for form in (text, *_forms(text, kind)):
            if (form, kind) not in found:
                found[form, kind] = _needle(form, kind, finding, form is not text)
    counts: dict[str, int] = {}
    for needle in found.values():
        low = needle.anchor.lower()
        if len(found) < 64:
            counts[low] = sum(text.count(low) for text in texts)
    return [needle._replace(own=counts.get(needle.anchor.lower(), 0)) for needle in found.values()]


def _sure(record: bytes, findings: Sequence[Finding]) -> Iterator[tuple[Finding, str, str]]:
    names: dict[str, list[tuple[int, str, Finding]]] = {}
    leaf, whole_text = (-1, -1), ""  # thousands of findings may stand in one leaf: it is read once
    for finding in findings:
        if finding.entity in _NEVER or finding.kind == "key" or (finding.layers and finding.layers != ("json",)):
            continue
        if finding.score < _LEAST_SCORE and finding.entity != "USERNAME":
            continue
        if leaf != (finding.leaf_start, finding.leaf_end):
            leaf = finding.leaf_start, finding.leaf_end
            whole_text = decode(record[finding.leaf_start : finding.leaf_end])
        text = whole_text if finding.where == "whole" else whole_text[finding.start : finding.end]
        if finding.detector == NAME_PART:
            place = place_in_subject(finding.path, finding.detector)
            names.setdefault(finding.subject, []).append((place, text, finding))
        elif finding.detector.endswith(PART):
            continue
        kind = _kind(finding, text)
        if kind:
            yield finding, text, kind
    for parts in names.values():
        if 2 <= len(parts) <= 4:
            whole = " ".join(text for _, text, _ in sorted(parts, key=lambda part: part[0]))
            if _kind(parts[0][2], whole) == "name":
                yield parts[0][2]._replace(start=0, end=0), whole, "name"


def _kind(finding: Finding, text: str) -> str:
    """How the text is looked for; "": not at all."""
    if not text.strip():
        return ""
    if finding.entity == "PERSON":
        return _kind_of_name(text)
    if finding.entity == "USERNAME":
        return "word" if _is_account(text) else ""
    if finding.entity == "EMAIL_ADDRESS":
        return "whole"
    if _SPELLED_NUMBER.fullmatch(text):
        return "digits" if sum(map(str.isdigit, text)) >= _LEAST_DIGITS else ""
    return "secret" if len(text) >= _LEAST_SECRET and _is_no_word(text) else ""


def _kind_of_name(text: str) -> str:
    words = [word for word in _TOKEN.findall(text) if len(word) > 1]
    if len(words) > 1:
        return "name" if not all(map(is_dictionary_word, words)) else ""
    alone = words and words[0] == text and len(text) >= _LEAST_WORD
    return "place" if alone and _is_no_word(text) and text.lower() not in VENDORS else ""


def _is_account(text: str) -> bool:
    name = text.lstrip("@").lower()
    return len(name) >= _LEAST_USER and name not in VENDORS and not name.isdigit() and _is_no_word(name)


def _is_no_word(text: str) -> bool:
    """No word of a dictionary, no role, and not made of such words alone."""
    words = _WORD.findall(text)
    if any(map(str.isdigit, text)):
        return True
    if not words or is_of_a_role(text):
        return False
    return not all(
        len(word) < 3 or is_dictionary_word(word) or is_dictionary_word(word.removesuffix("s")) for word in words
    )


def _forms(text: str, kind: str) -> Iterator[str]:
    if kind == "digits":
        digits = "".join(filter(str.isdigit, text))
        if digits != text:
            yield digits


def _needle(text: str, kind: str, source: Finding, is_form: bool) -> Needle:
    matches = list(_TOKEN.finditer(text))
    place = max(range(len(matches)), key=lambda at: len(matches[at][0])) if matches else 0
    anchor, before = (matches[place][0], matches[place].start()) if matches else (text, 0)
    words = tuple(match[0].lower() for match in matches) if kind == "name" else ()
    return Needle(text, kind, source, anchor, before, 0, words, place, is_form)
