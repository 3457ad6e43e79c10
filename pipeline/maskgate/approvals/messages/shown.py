"""The whole of one held record as text: key, headers and value, each byte of it to be seen.

A pure function of the bytes and of the stand-ins that the worker signed. Only those are hidden: each is a sign
``⟦EMAIL_ADDRESS#1·3f9a0c2e⟧`` with a keyed mark of its bytes. Outside of them no byte can change without the text
changing: tokens are shown as they are spelt, white space between them is named or marked, what cannot be seen is
written as ``⟨U+200B⟩``, what is not UTF-8 as hex.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from maskgate.approvals.messages import plain
from maskgate.base.records import Header, StandIn

MAX_CHARS = 8_000_000
"""What is longer cannot be looked through by anybody, so it cannot be approved."""
_TOKEN = re.compile(
    rb'(?P<space>[ \t\r\n]+)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<punct>[{}\[\]:,])|(?P<scalar>[^ \t\r\n"{}\[\]:,]+)',
    re.DOTALL,
)
_PLACE = re.compile("\udcff([0-9]+)\udcfe")
_ESCAPED = re.compile(r"\\u[0-9a-f]{4}")
_SPACES = str.maketrans({" ": "␠", "\t": "⇥", "\n": "⏎", "\r": "␍"})
_LAYOUTS = ((" (one space after , and :)", None), (" (indented by 2)", 2), (" (indented by 4)", 4))


class Signs:
    """Names the stand-ins of one record: equal ones equally; the mark changes with any byte inside."""

    def __init__(self, blind: bytes) -> None:
        self._blind = blind
        self._numbers: dict[tuple[str, bytes], int] = {}
        self._counts: dict[str, int] = {}

    def sign(self, entity: str, data: bytes) -> str:
        if (entity, data) not in self._numbers:
            self._counts[entity] = self._numbers[entity, data] = self._counts.get(entity, 0) + 1
        told = hmac.new(self._blind, entity.encode() + b"\0" + data, hashlib.sha256).hexdigest()[:8]
        return f"⟦{plain.visible(entity)}#{self._numbers[entity, data]}·{told}⟧"


class _Token(NamedTuple):
    kind: str
    text: str


def record(
    value: bytes, key: bytes | None, headers: Sequence[Header], stand_ins: Sequence[StandIn], blind: bytes
) -> str:
    """Everything of a record that would leave, as text; never cut."""
    signs = Signs(blind)
    at: dict[str, list[StandIn]] = {}
    for stand_in in stand_ins:
        at.setdefault(stand_in.place, []).append(stand_in)
    lines = [f"key: {_bytes(key, at.get('key', ()), signs)}"]
    for number, (name, data) in enumerate(headers):
        shown = _bytes(name.encode("utf-8", "surrogatepass"), at.get(f"name:{number}", ()), signs)
        lines.append(f"header {shown} = {_bytes(data, at.get(f'header:{number}', ()), signs)}")
    layout, text = _document(value, at.get("value", ()), signs)
    return "\n".join([*lines, f"value{layout}:", text])


def _replaced(data: bytes, stand_ins: Sequence[StandIn], signs: Signs) -> tuple[str, list[str]] | None:
    """The text with every stand-in as a numbered place, and their signs; None: not UTF-8."""
    out: list[bytes] = []
    shown: list[str] = []
    at = 0
    for stand_in in sorted(stand_ins, key=lambda s: s.start):
        if not at <= stand_in.start < stand_in.end <= len(data):
            raise ValueError("stand-ins that overlap or lie outside")
        out += [data[at : stand_in.start], b"\xff%d\xfe" % len(shown)]
        shown.append(signs.sign(stand_in.entity, data[stand_in.start : stand_in.end]))
        at = stand_in.end
    pieces = [*out, data[at:]]
    try:
        for piece in pieces[::2]:
            piece.decode()
    except UnicodeDecodeError:
        return None
    return b"".join(pieces).decode("utf-8", "surrogateescape"), shown


def _bytes(data: bytes | None, stand_ins: Sequence[StandIn], signs: Signs) -> str:
    """A key, a header or its name: quoted text, hex, or none."""
    if data is None:
        return "none"
    replaced = _replaced(data, stand_ins, signs)
    if replaced is None:
        return f"hex {data.hex()}"
    text, shown = replaced
    whole = _PLACE.sub("", text)
    return f'"{_signed(text, shown)}"{_warned(plain.flags(whole))}'


def _signed(text: str, shown: Sequence[str]) -> str:
    parts = _PLACE.split(text)
    return "".join(shown[int(part)] if odd % 2 else plain.visible(part) for odd, part in enumerate(parts))


def _warned(marks: Sequence[str]) -> str:
    return f" ⚠ {', '.join(marks)}" if marks else ""


def _document(value: bytes, stand_ins: Sequence[StandIn], signs: Signs) -> tuple[str, str]:
    """How the white space lies, and the document with a line for each member and element."""
    replaced = _replaced(value, stand_ins, signs)
    if replaced is None:
        return " (not UTF-8)", f"hex {value.hex()}"
    text, shown = replaced
    tokens = _tokens(text)
    if tokens is None:
        return " (not JSON)", f'"{_signed(text, shown)}"'
    solid = [token for token in tokens if token.kind != "space"]
    if len(solid) == len(tokens):
        return "", _written(solid, shown)
    for layout, indent in _LAYOUTS:
        if _is_spaced(tokens, indent):
            return layout, _written(solid, shown)
    return " (white space marked)", _written(tokens, shown)


def _tokens(text: str) -> list[_Token] | None:
    raw, at, out = text.encode("utf-8", "surrogateescape"), 0, []
    while at < len(raw):
        found = _TOKEN.match(raw, at)
        if found is None:
            return None
        out.append(_Token(str(found.lastgroup), found[0].decode("utf-8", "surrogateescape")))
        at = found.end()
    return out


def _is_spaced(tokens: Sequence[_Token], indent: int | None) -> bool:
    """Whether the white space is what a usual writer puts between these tokens, and no more."""
    depth, before, space = 0, "", ""
    for token in tokens:
        if token.kind == "space":
            space = token.text
            continue
        closes = token.text in ("}", "]")
        wanted = " " if before == ":" or (before == "," and indent is None) else ""
        if indent is not None and closes is (before not in ("{", "[")) and (closes or before in ("{", "[", ",")):
            wanted = "\n" + " " * (indent * (depth - closes))
        elif indent is not None and before == ",":
            wanted = "\n" + " " * (indent * depth)
        if space != wanted:
            return False
        depth += (token.text in ("{", "[")) - closes
        before, space = token.text, ""
    return not space


def _written(tokens: Sequence[_Token], shown: Sequence[str]) -> str:
    out: list[str] = []
    depth, before = 0, ""
    for token in tokens:
        if token.kind == "space":
            out.append(f"⟨{token.text.translate(_SPACES)}⟩")
            continue
        if token.kind != "punct":
            out += [_line(before, depth), _scalar(token, shown)]
            before = "x"
            continue
        mark = token.text
        if mark in "}]":
            depth = max(0, depth - 1)
            if before not in "{[" or not before:
                out.append("\n" + "  " * min(depth, 40))
        elif mark in "{[":
            out.append(_line(before, depth))
            depth += 1
        out.append(": " if mark == ":" else mark)
        before = mark
    return "".join(out)


def _line(before: str, depth: int) -> str:
    """A new line where a member or an element begins."""
    return "\n" + "  " * min(depth, 40) if before and before in "{[," else ""


def _scalar(token: _Token, shown: Sequence[str]) -> str:
    if token.kind != "string":
        return _signed(token.text, shown)
    content = token.text[1:-1]
    if "\\" not in content:
        return f'"{_signed(content, shown)}"{_warned(plain.flags(_PLACE.sub("", content)))}'
    pieces = _PLACE.split(content)
    read = [_read(piece) for piece in pieces[::2]]
    marks, spelt = plain.flags("".join(text for text in read if text is not None)), ""
    if None not in read and _spelt_in_ascii(pieces[::2], read):
        pieces[::2] = [json.dumps(text, ensure_ascii=False)[1:-1] for text in read]
        spelt = " (as \\u)"
    inner = "".join(shown[int(part)] if odd % 2 else plain.visible(part) for odd, part in enumerate(pieces))
    return f'"{inner}"{spelt}{_warned(marks)}'


def _read(piece: str) -> str | None:
    try:
        text = json.loads(f'"{piece}"')
    except ValueError:
        return None
    return text if isinstance(text, str) and not any("\ud800" <= c <= "\udfff" for c in text) else None


def _spelt_in_ascii(pieces: Sequence[str], read: Sequence[str | None]) -> bool:
    """Whether a usual writer that puts all but ASCII into escapes wrote this: then it is shown as people read it."""
    return any(_ESCAPED.search(p) for p in pieces) and all(
        piece.isascii() and json.dumps(text)[1:-1] == piece for piece, text in zip(pieces, read, strict=True)
    )
