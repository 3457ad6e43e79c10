"""What is found in one leaf: in its text, in texts encoded inside it, and in pairs of a key and a value.

The same code serves the reference (no prefilter: every rule is tried) and the engine (a prefilter says which).
Prose is collected for the model, with the way back to the leaf.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from maskgate_detectors.fields import siblings
from maskgate_detectors.fields.context import NO_KEY, KeyHints, KeyInfo, split_key
from maskgate_detectors.fields.keywords import NAME_WORDS
from maskgate_detectors.fields.siblings import PERSONAL
from maskgate_detectors.freetext.prose import is_prose
from maskgate_detectors.model.rule import SECRET
from maskgate_detectors.model.words import TYPE_WORDS, normalise
from maskgate_detectors.reader.lexer import LITERAL, NUMBER, STRING, LexError, decode, decode_with_map, lex
from maskgate_detectors.text import assignments, attachments, cells, layers, limits
from maskgate_detectors.text.assignments import Pair
from maskgate_detectors.text.deny import DenyIndex
from maskgate_detectors.text.detect import Budget, Hit, RuleSet, Trace, Written, is_nothing, step
from maskgate_detectors.text.layers import View
from maskgate_detectors.text.prefilter import BASE64, ENTITY, PAIR, PERCENT, Prefilter, pair_ends

_ASCII_END = re.compile(r"(?:^|[^A-Za-z\x80-\U0010ffff])[A-Za-z]{1,40}[0-9]?\Z|[A-Za-z]{13,40}[0-9]?\Z")
_QUOTES = ("'", '"', "`")
_SHORT = 200  # characters of a value without quotes, unless it is one word
_LONG_QUOTED = re.compile(rf"\s{{0,3}}(?:\*{{2}}\s?)?\\?[\"'`][^\n]{{{int(limits.PAIR_VALUE.value)}}}")
_CUT = re.compile(r"[,;|&\t]|\s{2,}|\s[A-Za-z_][\w.\-]{1,40}\s?[=:]|[)\]}](?:\s|$)|\s[-–(]\s|\.\s|\.$")
_TOKEN_END = re.compile(r"[\s,;|&\"'<>(){}\]]")
_LONGEST_ARN = 200  # characters before a word in it
_ATTACHED = 2000  # characters that an attachment has at least
_CLOCK_EVERY = 64  # pairs or leaves
_NUMBER = re.compile(r"[+(]?\d[\d ().\-/]{4,24}\d")  # at the start of a value that goes on
_FORM_VALUE = re.compile(r"[^&\s\"'<>#]++")
_BESIDE = 0.75
_TOO_MUCH = {"too_deep": limits.NESTED_DEPTH.name, "too_many_nodes": limits.NESTED_NODES.name}
_OF_PEOPLE = PERSONAL | {"DATE_TIME"}


class Prose(NamedTuple):
    """A text for the model; ``views`` lead from it to the leaf, innermost first."""

    text: str
    views: tuple[View, ...]
    info: KeyInfo


class LeafScanner:
    """Rules, key hints and decoding for one text at a time."""

    def __init__(
        self,
        rules: RuleSet,
        hints: KeyHints,
        prefilter: Prefilter | None,
        deny: DenyIndex | None = None,
    ) -> None:
        self.rules = rules
        self.hints = hints
        self.prefilter = prefilter
        self.deny = deny or None
        self._ends_as_key = pair_ends(rules.rules)
        self._pair_infos: dict[tuple[str, str], KeyInfo] = {}

    def scan(
        self,
        text: str,
        info: KeyInfo,
        *,
        number: bool = False,
        budget: Budget | None = None,
        prose: list[Prose] | None = None,
        found: set[int] | None = None,
        trace: Trace | None = None,
    ) -> list[Hit]:
        """Hits in ``text``, not yet resolved; ``found`` is what the prefilter said of this text, if it was asked."""
        inside = _Scan(self, budget, prose, trace, limits.TEXT.value + 4 * len(text), Written(text))
        read = len(prose) if prose is not None else 0
        hits = inside.text(text, info, number, (), found)
        if not inside.over:
            return hits
        if prose is not None:
            del prose[read:]
        name = f"limit-{inside.over[0]}"
        if trace is not None:
            trace.append(step(name, limits.UNREADABLE, 0, len(text), 1, "found", "a limit: what is behind is not read"))
        return [Hit(0, len(text), limits.UNREADABLE, 1.0, name)]

    def pairs_matter(self, raw: bytes, words: str, budget: Budget) -> bool:
        """Before some ``=`` or ``:`` in the raw text stands a key that decides."""
        if not raw.isascii() or b"\\" in raw:
            return True
        text = raw.decode("ascii")
        for count, pair in enumerate(assignments.pairs(text)):
            key = assignments.key_before(text, pair.key_end)
            if count % _CLOCK_EVERY == 0:
                budget.check()
            if key and self.pair_info(words, key).deciders:
                return True
        if "@" in text and (cells.mailbox_names(text) or cells.mailbox_rows(text)):
            return True
        return cells.has_sql(text) or bool(cells.labelled(text))

    def pair_info(self, words: str, key: str) -> KeyInfo:
        """What ``key`` says that stands before ``=`` or ``:`` in a text under a path with these words."""
        info = self._pair_infos.get((words, key))
        if info is None:
            fits = self._ends_as_key(key) or (bool(split_key(key)) and not _ASCII_END.search(key))
            info = self.hints.for_keys([*words.split(), key]) if fits else NO_KEY
            if len(self._pair_infos) >= 20_000:
                self._pair_infos.clear()
            self._pair_infos[words, key] = info
        return info


class _Scan:
    """One leaf with the texts inside it."""

    def __init__(
        self,
        owner: LeafScanner,
        budget: Budget | None,
        prose: list[Prose] | None,
        trace: Trace | None,
        room: float,
        leaf: Written,
    ) -> None:
        self.leaf = leaf
        self.rules = owner.rules
        self.hints = owner.hints
        self.prefilter = owner.prefilter
        self.pair_info = owner.pair_info
        self.deny = owner.deny
        self.budget = budget
        self.prose = prose
        self.trace = trace
        self.room = room
        self._word = "", 0, 0  # the long word that was seen last, with its text
        self.over: list[str] = []  # limits behind which something stands

    def text(
        self,
        text: str,
        info: KeyInfo,
        number: bool,
        views: tuple[View, ...],
        found: set[int] | None = None,
        seen: set[str] | None = None,
    ) -> list[Hit]:
        """Hits in ``text``, which was reached through ``views`` (innermost first).

        ``seen`` holds the texts that stand for the same characters: another order of decoding leads to them again.
        """
        if self.budget is not None:
            self.budget.check()
        self.room -= len(text)
        if self.room < 0:
            self.over.append(limits.TEXT.name)
        if self.over:
            return []
        seen = set() if seen is None else seen
        if text in seen:
            return []
        seen.add(text)
        listed = self.deny.hits(text) if self.deny is not None else []
        for hit in listed:
            self._note(hit, "on a deny list")
        decided = self.rules.decide(text, info, leaf=self.leaf)
        if decided is not None:
            self._note(decided, "the key decides")
            return [decided, *listed]
        attached = None if number or (views and views[0].layer == attachments.LAYER) else attachments.shorten(text)
        if attached is not None:
            return listed + self._attached(text, attached, info, views, seen)
        folded = None if number else layers.fold(text)
        if folded is not None:
            return listed + self._inside(folded, info, views, seen=seen)
        return listed + self._plain(text, info, number, views, found, seen)

    def _attached(
        self, text: str, attached: attachments.Shortened, info: KeyInfo, views: tuple[View, ...], seen: set[str]
    ) -> list[Hit]:
        """Hits in what stands around the attachments, and in what is in them."""
        hits = self._inside(attached.view, info, views, seen=seen)
        for start, end in attached.runs:
            run = layers.unwrapped(text[start:end])
            for view in layers.base64_runs(run, int(limits.TEXT.value), self._unpacks):
                hits += self._inside(view._replace(span=(start, end)), info, views)
        return hits

    def _plain(
        self,
        text: str,
        info: KeyInfo,
        number: bool,
        views: tuple[View, ...],
        found: set[int] | None,
        seen: set[str],
    ) -> list[Hit]:
        by_id = self.rules.by_id
        asked = [by_id[rule.id].index for rule in info.asked]
        if is_nothing(text.strip()):
            if self.trace is not None:
                self.trace.append(
                    step(
                        "",
                        "",
                        0,
                        len(text),
                        0,
                        "skipped",
                        "a shape that holds nothing (UUID, digest, time, version, one plain word, up to five digits)",
                    )
                )
            return self.rules.run(text, info, sorted(asked), self.budget, self.trace, self.leaf) if asked else []
        if found is None and self.prefilter is not None:
            found = self.prefilter.rules(text.encode("utf-8", "replace"))
        tried: Iterable[int]
        if found is None:
            tried = range(len(self.rules.rules))
        else:
            tried = sorted({*(index for index in found if index >= 0), *asked})
        if number:
            tried = [index for index in tried if index in self.rules.numbers or index in asked]
            tried = [] if info.veto else tried
            return self.rules.run(text, info, tried, self.budget, self.trace, self.leaf)
        hits = self.rules.run(text, info, tried, self.budget, self.trace, self.leaf)
        if len(text) > _ATTACHED:
            hits = [hit for hit in hits if hit.entity != SECRET or not layers.deep_inside(text, hit.start, hit.end)]
        named = False  # the text is a statement whose values have names
        if found is None or PAIR in found:
            hits += self._in_pairs(text, info, hits)
            hits += self._beside_mailboxes(text)
            rows = cells.sql_rows(text)
            hits += self._in_rows(rows, text, info)
            hits += self._in_rows(cells.labelled(text), text, info)
            named = bool(rows) and all(cell.head for cell in rows[0])
        if "\n" in text:
            hits += self._in_rows(cells.lines(text), text, info)
        hits += self._encoded(text, info, views, found, seen)
        if self.prose is not None and not named and is_prose(text, info):
            self.prose.append(Prose(text, views, info))
        return hits

    def _encoded(
        self, text: str, info: KeyInfo, views: tuple[View, ...], found: set[int] | None, seen: set[str]
    ) -> list[Hit]:
        hits: list[Hit] = []
        if "\\" in text or '"' in text:
            nested = self._json(text, info, views)
            if nested is not None:
                return nested
            hits += self._through(layers.escapes(text), info, views, seen)
        if found is None or PERCENT in found:
            hits += self._through(layers.percent(text), info, views, seen)
        if found is None or ENTITY in found:
            hits += self._through(layers.entities(text), info, views, seen)
            hits += self._through(layers.encoded_words(text), info, views, seen)
        if found is None or BASE64 in found:
            for view in chain(layers.base64_runs(text, int(limits.TEXT.value), self._unpacks), layers.hex_runs(text)):
                hits += self._through(view, info, views, None)
        return hits

    def _unpacks(self) -> None:
        self.over.append(limits.TEXT.name)

    def _through(self, view: View | None, info: KeyInfo, views: tuple[View, ...], seen: set[str] | None) -> list[Hit]:
        return [] if view is None else self._inside(view, info, views, seen=seen)

    def _inside(
        self, view: View, info: KeyInfo, views: tuple[View, ...], number: bool = False, seen: set[str] | None = None
    ) -> list[Hit]:
        if len(views) >= limits.DEPTH.value:
            self.over.append(limits.DEPTH.name)
            return []
        told = len(self.trace) if self.trace is not None else 0
        hits = [
            lifted(hit, view)
            for hit in self.text(view.text, info, number, (view, *views), seen=seen)
            if hit.end > hit.start
        ]
        if self.trace is not None:
            for item in self.trace[told:]:
                _lift_step(item, view)
        return hits

    def _json(self, text: str, info: KeyInfo, views: tuple[View, ...]) -> list[Hit] | None:
        """Hits in the leaves of ``text`` read as JSON; None when it is not JSON."""
        start = text.lstrip(" \t\n\r")[:1]
        if start not in ("{", "[", '"') or len(text) < 4:
            return None
        data = text.encode("utf-8", "replace")
        try:
            leaves, _ = lex(data, int(limits.NESTED_DEPTH.value), int(limits.NESTED_NODES.value))
        except LexError as error:
            if error.code in _TOO_MUCH:
                self.over.append(_TOO_MUCH[error.code])
            return None
        at_char = _char_offsets(text, data)
        outer = info.words.split()
        told = siblings.find(data, leaves, self.hints, budget=self.budget).infos
        hits: list[Hit] = []
        for index, leaf in enumerate(leaves):
            keys = [part.replace("~1", "/").replace("~0", "~") for part in leaf.path.split("/")[1:]]
            if leaf.key_start >= 0 and not (key := decode(data[leaf.key_start : leaf.key_end])).isidentifier():
                view = _json_view(text, at_char(leaf.key_start), at_char(leaf.key_end))
                if key:
                    hits += self._inside(view, self.hints.for_text_of(key), views)
            if leaf.kind in (STRING, NUMBER) and leaf.end > leaf.start:
                view = _json_view(text, at_char(leaf.start), at_char(leaf.end))
                inner = told.get(index) or self.hints.for_keys([*outer, *keys])
                before = len(self.trace) if self.trace is not None else 0
                hits += self._inside(view, inner, views, leaf.kind == NUMBER)
                if self.trace is not None:
                    for item in self.trace[before:]:
                        item["inside"].insert(0, leaf.path)
            elif leaf.kind == LITERAL:
                continue
        return hits

    def _beside_mailboxes(self, text: str) -> list[Hit]:
        """Names that are a part of a mailbox beside them."""
        hits = [Hit(start, end, "PERSON", _BESIDE, "mailbox-name") for start, end in cells.mailbox_names(text)]
        for hit in hits:
            self._note(hit, "a part of the mailbox beside it")
        for start, end, key in cells.mailbox_rows(text) if "@" in text else ():
            hits += self._cell(text[start:end], start, self.hints.for_keys([key]))
        return hits

    def _in_rows(self, rows: list[list[cells.Cell]], text: str, info: KeyInfo) -> list[Hit]:
        """Hits in the cells of a table in a text whose heads decide."""
        hits: list[Hit] = []
        if not rows:
            return hits
        heads = [cell.head for cell in rows[0]]
        infos = [self.hints.for_keys([*info.words.split(), head]) if head else NO_KEY for head in heads]
        personal = any(rule.entity in PERSONAL for item in infos for rule in item.deciders)
        if personal:
            whole = self.hints.for_keys([*info.words.split(), "full name"])
            infos = [
                whole if not item.deciders and not item.veto and normalise(head) in NAME_WORDS else item
                for head, item in zip(heads, infos, strict=True)
            ]
        for row in rows:
            for cell, item in zip(row, infos, strict=False):
                if item.deciders and cell.end > cell.start:
                    hits += self._cell(text[cell.start : cell.end], cell.start, item)
        return hits

    def _cell(self, value: str, offset: int, info: KeyInfo) -> list[Hit]:
        hit = self.rules.decide(value, info, leaf=self.leaf)
        if hit is None:
            return []
        hit = hit._replace(start=hit.start + offset, end=hit.end + offset)
        self._note(hit, "the head of its column decides")
        return [hit]

    def _in_pairs(self, text: str, info: KeyInfo, others: list[Hit]) -> list[Hit]:
        """Hits in ``key=value`` and ``key: value`` where the key decides."""
        hits: list[Hit] = []
        bare: list[Pair] = []
        halves: dict[str, Pair] = {}
        for count, pair in enumerate(assignments.pairs(text)):
            if count % _CLOCK_EVERY == 0 and self.budget is not None:
                self.budget.check()
            key = assignments.key_before(text, pair.key_end)
            inner = self.pair_info(info.words, key) if key else None
            if inner is None or (inner.deciders and _is_of_arn(text, pair.key_end)):
                continue
            if inner.deciders:
                found = self._pair(text, key, pair, inner)
                hits += [hit for hit in found if hit.entity == SECRET] if pair.secrets_only else found
            elif pair.secrets_only:
                continue
            elif not inner.veto and normalise(key) in NAME_WORDS:
                bare.append(pair)
            elif key in ("first", "last"):
                halves.setdefault(key, pair)
        if len(halves) == 2 or (halves and any(hit.detector == "person-name-part" for hit in hits)):
            for key, pair in halves.items():
                hits += self._pair(text, key, pair, self.hints.for_keys([f"{key} name"]))
        if bare and any(hit.entity in _OF_PEOPLE for hit in (*hits, *others)):
            inner = self.hints.for_keys([*info.words.split(), "full name"])
            for pair in bare:
                named = self._pair(text, "name", pair, inner)
                part = any(hit.detector == "person-name-part" for hit in hits)  # a surname beside it: this is the other
                hits += [hit for hit in named if part or " " in text[hit.start : hit.end]]
        return hits

    def _pair(self, text: str, key: str, pair: Pair, inner: KeyInfo) -> list[Hit]:
        if pair.markup:
            tagged = assignments.content(text, pair, key)
            return self._pair_value(tagged[1], tagged.start(1), inner) if tagged else []
        start = pair.start
        value = assignments.value_at(text, start)
        if value is None:
            return []
        for group in (1, 2, 3):
            if value[group]:
                return self._pair_value(value[group], value.start(group), inner)
        rest, offset = value[4], value.start(4)
        if len(rest) >= _SHORT and rest.lstrip("*\\ ")[:1] in _QUOTES and _LONG_QUOTED.match(text, start) is not None:
            self.over.append(limits.PAIR_VALUE.name)
            return []
        cut = _CUT.search(rest)
        whole = rest[: cut.start()] if cut else rest
        token_end = _TOKEN_END.search(rest)
        if token_end and token_end[0] in "({" and token_end.start():  # a call or a template: code, no value
            return []
        token = rest[: token_end.start()] if token_end else rest
        if token in TYPE_WORDS:  # of a signature or of a help text
            return []
        open_ended = [rule for rule in inner.deciders if rule.key_pattern is None]
        first, second = (token, whole) if open_ended else (whole, token)
        number = _NUMBER.match(rest)
        hits = (
            self._pair_value(first, offset, inner)
            or self._pair_value(second, offset, inner)
            or (self._pair_value(number[0], offset, inner) if number is not None else [])
            or (self._form_value(rest, offset, inner) if text[start - 1] == "=" else [])
        )
        if hits and token_end is None and len(rest) >= _SHORT:
            hits = [hit._replace(end=self._word_end(text, offset + len(rest))) for hit in hits]
        return hits

    def _word_end(self, text: str, at: int) -> int:
        """Where the word ends that goes on at ``at``; looked for once for each word."""
        known, begin, end = self._word
        if known is not text or not begin <= at <= end:
            match = _TOKEN_END.search(text, at)
            self._word = text, at, match.start() if match else len(text)
        return self._word[2]

    def _form_value(self, rest: str, offset: int, inner: KeyInfo) -> list[Hit]:
        """Hits in a value of a form or of a query, where a blank is a plus."""
        value = _FORM_VALUE.match(rest)
        if value is None or "+" not in value[0]:
            return []
        return self._pair_value(value[0].replace("+", " "), offset, inner)

    def _pair_value(self, value: str, offset: int, info: KeyInfo) -> list[Hit]:
        hit = self.rules.decide(value, info, proven=True, leaf=self.leaf)
        if hit is None:
            return []
        hit = hit._replace(start=hit.start + offset, end=hit.end + offset)
        self._note(hit, "the key before it decides")
        return [hit]

    def _note(self, hit: Hit, why: str) -> None:
        if self.trace is not None:
            self.trace.append(step(hit.detector, hit.entity, hit.start, hit.end, hit.score, "found", why))


def _is_of_arn(text: str, end: int) -> bool:
    """The word that ends here is a part of the name of a resource: ``arn:aws:secretsmanager:…:secret:name``."""
    if text[end : end + 1] != ":":
        return False
    before = text[max(0, end - _LONGEST_ARN) : end].split()
    return bool(before) and before[-1].lstrip("\"'(").startswith(("arn:", "urn:"))


def lifted(hit: Hit, view: View) -> Hit:
    """``hit`` with the offsets and the layer of the text around ``view``."""
    start, end = layers.lift(hit.start, hit.end, view)
    names = tuple(view.layer.split("+")) if view.layer else ()
    return hit._replace(start=start, end=end, layers=names + hit.layers)


def _lift_step(item: dict[str, Any], view: View) -> None:
    """Put the place and the layers of a step of the text around ``view`` in place of those of its own."""
    start, end = item["start"], item["end"]
    item["start"], item["end"] = layers.lift(start, end, view) if end > start else view.span
    item["layers"][:0] = view.layer.split("+") if view.layer else []


def _json_view(text: str, start: int, end: int) -> View:
    """The string (or number) that is spelled at ``start:end``."""
    plain, starts = decode_with_map(text[start:end])
    shifted = [start + at for at in starts]
    return View(plain, "json", shifted[:-1], shifted[1:], (start, end))


def _char_offsets(text: str, data: bytes) -> Callable[[int], int]:
    """From byte offsets in ``data`` to character offsets in ``text``."""
    if len(text) == len(data):
        return lambda at: at
    offsets = [0] * (len(data) + 1)
    for at, char in _byte_steps(text):
        offsets[at] = char
    return offsets.__getitem__


def _byte_steps(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for index, char in enumerate(text):
        yield at, index
        code = ord(char)
        at += 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
    yield at, len(text)
