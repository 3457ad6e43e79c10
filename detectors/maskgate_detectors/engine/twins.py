"""A sure value that was found once is found everywhere in its record, under a guard against spreading mistakes.

The login under ``user.login`` stands again in ``html_url``, the name of a customer in the slug of a path. What is
looked for and where is narrow on purpose, for a false finding that spreads does more harm than one: what a place
must be like is said in ``Needle.kind``. The time is linear in the record: few needles are looked for one after the
other, many by one pass over the words of all strings and a table of first words.
"""

from __future__ import annotations

import operator
import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from maskgate_detectors.engine.sources import Needle, needles
from maskgate_detectors.engine.strings import Strings
from maskgate_detectors.model.finding import SEEN, SEEN_FORM, Finding, Twin
from maskgate_detectors.reader.lexer import LexError, decode
from maskgate_detectors.text.limits import NEEDLES, TWINS

MOST_NEEDLES, MOST_TWINS = int(NEEDLES.value), int(TWINS.value)
_FEW = 32  # needles for which the record is searched as it is
_TOKEN = re.compile(r"%[0-9A-Fa-f]{2}|[^\W_]+")
_BETWEEN = re.compile(r"(?:[ \-_.+]|%20|%2[bB]|, )")
_HOST_END = re.compile(
    rb"(?:\.[\w-]{1,63}){0,4}\.(?:com|net|org|io|dev|app|co|ai|us|de|uk|fr|eu|es|it|nl|pl|info|biz|cloud|gov|edu|local"
    rb"|internal|lan|svc|tv|me|ch|at|be|se|no|dk|fi|jp|cn|in|br|au|ca)(?![\w-])"
)
_ENUM = re.compile(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_KIND = re.compile(r"(?i).*/(?:@?type|\w*_?type|kind|status|state|event|action|level|category|role|scope|name_?space)")
_HOMES = (b"/home/", b"/users/", b"\\users\\", b"\\users\\\\", b"@", b"~")
_SEGMENT_ENDS = frozenset(b"/\\?#:;,)&=\"' ")


def find(record: bytes, findings: Sequence[Finding], strings: Strings) -> tuple[Twin, ...]:
    """Places where a sure value of ``findings`` stands again.

    Raises:
        LexError: ``too_many_twins``; the record has more of them, or more values to look for, than one may have.
    """
    wanted = needles(record, findings)
    if not wanted:
        return ()
    if len(wanted) > MOST_NEEDLES:
        raise LexError("too_many_twins", f"more than {MOST_NEEDLES} values to look for elsewhere")
    search = _Search(record, findings, strings)
    if len(wanted) <= _FEW:
        search.one_by_one(wanted)
    else:
        search.all_at_once(wanted)
    return search.twins()


class _Place(NamedTuple):
    """A string in which something may stand, and where."""

    row: int
    first: int  # bytes of the record
    last: int


_Found = tuple[int, int, int, int, Needle, bool, _Place]  # size, start of the string, start in it, row


class _Search:
    """The search through one record."""

    def __init__(self, record: bytes, findings: Sequence[Finding], strings: Strings) -> None:
        self._record = record
        self._low = record.lower()
        self._strings = strings
        self._is_plain = record.isascii() and b"\\" not in record  # bytes are characters
        self._found: list[_Found] = []
        self._read = -1, ""  # the string that was decoded last, by its beginning
        self._hosts: set[int] = set()  # ids of needles that are hosts of this record
        spans: dict[int, list[tuple[int, int]]] = {}
        for finding in findings:
            span = (0, 1 << 40) if finding.where == "whole" else (finding.start, finding.end)
            spans.setdefault(finding.leaf_start, []).append(span)
        self._spans = {leaf: _joined(own) for leaf, own in spans.items()}  # what is found already, by string

    def one_by_one(self, wanted: Sequence[Needle]) -> None:
        """Look for each needle in the record as it is, and in strings that hold characters as numbers."""
        low = self._low
        escaped = {}
        if b"\\u" in self._record:
            escaped = {first: _Place(row, first, last) for _, row, first, last in self._holding(_all(low, b"\\u"))}
        for needle in wanted:
            anchor = needle.anchor.encode("utf-8", "replace").lower()
            if low.count(anchor) > needle.own:
                self._in_record(needle, anchor, escaped)
            for place in escaped.values():
                text = self._text(place)
                for at in _all(text.lower(), needle.anchor.lower()):
                    self._judge(needle, place, text, at)

    def _holding(self, places: Iterator[int]) -> Iterable[tuple[int, int, int, int]]:
        listed = list(places)
        return self._strings.holding(listed) if listed else ()

    def _in_record(self, needle: Needle, anchor: bytes, escaped: Mapping[int, _Place]) -> None:
        record, low, spans = self._record, self._low, self._spans
        exact = needle.text.encode("utf-8", "replace")
        any_case = exact.lower()
        before, size = len(needle.text[: needle.before].encode("utf-8", "replace")), len(exact)
        joins_before, joins_after = _JOINS.get(needle.kind, (_WORD_BYTES, _WORD_BYTES))
        read: set[int] = set()  # strings with escapes, each of which is read as a whole
        for at, row, first, last in self._holding(_all(low, anchor)):
            plain = self._is_plain
            if not plain:
                content = record[first:last]
                plain = content.isascii() and b"\\" not in content
            start = at - before
            end = start + size
            if plain and start >= first and end <= last and low[start:end] == any_case:
                if (low[start - 1] if start > first else _SPACE) in joins_before:
                    continue
                if (low[end] if end < last else _SPACE) in joins_after:
                    continue
                if first in spans and _taken(spans[first], start - first, end - first):
                    continue
                self._place(needle, _new(_Place, (row, first, last)), start - first, size, record[start:end] == exact)
            elif not plain and first not in escaped and first not in read:
                read.add(first)
                text = decode(record[first:last])
                for inner in _all(text.lower(), needle.anchor.lower()):
                    self._judge(needle, _Place(row, first, last), text, inner)
            elif plain and needle.kind == "name":
                self._judge(needle, _Place(row, first, last), record[first:last].decode("ascii"), at - first)

    def all_at_once(self, wanted: Sequence[Needle]) -> None:
        """The same for many needles: each word of each string is looked up."""
        table: dict[str, list[Needle]] = {}
        for needle in wanted:
            table.setdefault(needle.anchor.lower(), []).append(needle)
        for row, first, last in self._strings.all():
            place = _Place(row, first, last)
            text = self._text(place)
            for match in _TOKEN.finditer(text):
                for needle in table.get(match[0].lower(), ()):
                    self._judge(needle, place, text, match.start())

    def _text(self, place: _Place) -> str:
        if self._read[0] != place.first:  # a value may stand in one string thousands of times
            self._read = place.first, decode(self._record[place.first : place.last])
        return self._read[1]

    def _judge(self, needle: Needle, place: _Place, text: str, at: int) -> None:
        """The long way: the needle may stand where its anchor does, perhaps in another form."""
        span = _span(needle, text, at)
        if span is None:
            return
        start, end, literal = span
        if not _taken(self._spans.get(place.first, ()), start, end):
            self._place(needle, place, start, end - start, literal)

    def _place(self, needle: Needle, place: _Place, start: int, size: int, literal: bool) -> None:
        if len(self._found) > MOST_TWINS:
            raise LexError("too_many_twins", f"more than {MOST_TWINS} places")
        self._found.append((size, place.first, start, place.row, needle, literal, place))

    def twins(self) -> tuple[Twin, ...]:
        """What was found, none over another, without user names that are keys or hosts of this record."""
        found = self._found
        if not found:
            return ()
        low, allowed = self._low, []
        for item in found:
            size, first, start, _, needle, _, place = item
            raw = first + start if self._is_plain else self._raw_place(place, start)
            if _in_host(low, raw, first):
                if needle.kind == "word":
                    self._hosts.add(id(needle))
            elif needle.kind == "word" and _HOST_END.match(low, raw + size, place.last) is not None:
                self._hosts.add(id(needle))
            elif needle.kind not in ("word", "place") or self._is_account(needle, place, low, raw, raw + size):
                allowed.append(item)
        if any(needle.kind in ("word", "secret") for _, _, _, _, needle, _, _ in allowed):
            keys = self._strings.keys()
            of_record = {
                id(needle)
                for needle in {id(item[4]): item[4] for item in allowed}.values()
                if needle.kind in ("word", "secret") and (id(needle) in self._hosts or needle.text.lower() in keys)
            }
            allowed = [item for item in allowed if id(item[4]) not in of_record]
        kept = sorted(_apart(allowed), key=_order)
        paths = self._strings.paths([item[3] for item in kept])
        return tuple(map(self._twin, kept, paths))

    def _raw_place(self, place: _Place, start: int) -> int:
        """Where a character of a string stands in the record, about: escapes before it are not counted."""
        content = self._record[place.first : place.last]
        if content.isascii() and b"\\" not in content:
            return place.first + start
        return place.first + len(self._text(place)[:start].encode("utf-8", "replace"))

    def _twin(self, item: _Found, path: str) -> Twin:
        size, first, start, _, needle, literal, place = item
        source = needle.source
        said = SEEN if literal and not needle.is_form else SEEN_FORM
        end = start + size
        finding = (path, start, end, source.entity, source.score, said, "value", "string", first, place.last, ())
        twin: Twin = _new(Twin, (_new(Finding, finding), source))
        return twin

    def _is_account(self, needle: Needle, place: _Place, low: bytes, start: int, end: int) -> bool:
        """A single word stands where accounts do, if it may be another word; and never as one of a list of states."""
        alone = start == place.first and end == place.last
        if alone and (_ENUM.fullmatch(self._record, start, end) or _KIND.fullmatch(self._strings.path(place.row))):
            return False
        if needle.kind == "word":
            return True
        before = low[place.first : start]
        in_path = before.endswith(_HOMES) or (before.endswith(b"/") and b"://" in before)
        return in_path and (end == place.last or low[end] in _SEGMENT_ENDS)


_size = operator.itemgetter(0)


_order = operator.itemgetter(1, 2)
_new: Callable[..., Any] = tuple.__new__  # a record may have hundreds


def _apart(found: list[_Found]) -> list[_Found]:
    """The longest first, none over another."""
    found.sort(key=_size, reverse=True)
    taken: dict[int, list[tuple[int, int]]] = {}
    kept = []
    for item in found:
        size, first, start, *_ = item
        spans = taken.setdefault(first, [])
        if not _taken(spans, start, start + size):
            insort(spans, (start, start + size))
            kept.append(item)
    return kept


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, with those in one that lie over each other."""
    out: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if out and first < out[-1][1]:
            out[-1] = out[-1][0], max(out[-1][1], last)
        else:
            out.append((first, last))
    return out


def _taken(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of these lies over the place; they are in order and apart from each other."""
    before = bisect_left(spans, (end,))
    return before > 0 and start < spans[before - 1][1]


def _all(text: bytes | str, part: bytes | str) -> Iterator[int]:
    at = text.find(part)  # type: ignore[arg-type]
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))  # type: ignore[arg-type]


def _span(needle: Needle, text: str, at: int) -> tuple[int, int, bool] | None:
    """Where the needle stands whose anchor begins at ``at``, and whether it is written as it was found."""
    start = at - needle.before
    end = start + len(needle.text)
    if start >= 0 and text[start:end].lower() == needle.text.lower():
        if not _is_apart(needle.kind, text[max(0, start - 1) : start], text[end : end + 1]):
            return None
        return start, end, text[start:end] == needle.text and not needle.is_form
    return _slug(needle, text, at) if needle.kind == "name" else None


def _is_apart(kind: str, before: str, after: str) -> bool:
    """No letter or digit stands beside it, nor what would make it a part of a longer name."""
    joins_before, joins_after = _JOINS.get(kind, (_WORD_BYTES, _WORD_BYTES))
    return _bytes(before)[-1] not in joins_before and _bytes(after)[0] not in joins_after


def _bytes(beside: str) -> bytes:
    return beside.lower().encode("utf-8", "replace") or b" "


_SPACE = 0x20
_WORD_BYTES = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyz") | frozenset(range(0x80, 0x100))
_IN_NAMES = _WORD_BYTES | frozenset(b"-_")
_JOINS = {
    "word": (_IN_NAMES | frozenset(b"."), _IN_NAMES),
    "secret": (_IN_NAMES, _IN_NAMES),
    "whole": (_IN_NAMES | frozenset(b".+%"), _IN_NAMES),
}


def _slug(needle: Needle, text: str, at: int) -> tuple[int, int, bool] | None:
    """``ilse-vogt-7``, ``Ilse.Vogt``, ``Ilse%20Vogt``: the words of a name in order, one sign between them."""
    start = end = at
    for word in reversed(needle.words[: needle.anchor_word]):
        gap = next((size for size in (1, 2, 3) if _BETWEEN.fullmatch(text, max(0, start - size), start)), 0)
        if not gap or text[max(0, start - gap - len(word)) : start - gap].lower() != word:
            return None
        start -= gap + len(word)
    for place, word in enumerate(needle.words[needle.anchor_word :]):
        if place:
            gap = next((size for size in (3, 2, 1) if _BETWEEN.fullmatch(text, end, end + size)), 0)
            if not gap:
                return None
            end += gap
        if text[end : end + len(word)].lower() != word:
            return None
        end += len(word)
    apart = not (text[start - 1 : start].isalnum() if start else False) and not text[end : end + 1].isalnum()
    return (start, end, False) if apart else None


def _in_host(low: bytes, start: int, first: int) -> bool:
    """Between the scheme of an address and its path, or in the scheme."""
    slash = low.rfind(b"/", first, start)
    if slash > first and low[slash - 2 : slash] == b":/":
        return True
    return slash < 0 and low[start : start + 24].partition(b"://")[0].isalpha() and b"://" in low[start : start + 24]
