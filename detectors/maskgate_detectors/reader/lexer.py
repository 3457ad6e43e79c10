"""Strict JSON (RFC 8259) read as byte spans: nothing is converted, nothing is lost.

``lex`` gives one :data:`Leaf` per scalar and per member. Numbers of any size, duplicate keys and every escape that
the grammar allows pass, a lone ``\\ud800`` included: :func:`decode` reads it as U+FFFD, one code point. NaN,
Infinity, a BOM, bytes that are not UTF-8 (encoded surrogates too) and control characters in strings do not pass.
Time is linear: every pattern is possessive, and containers are kept on a list, not on the call stack.
"""

from __future__ import annotations

import re
from typing import NamedTuple

STRING, NUMBER, LITERAL, CONTAINER = 0, 1, 2, 3

_WS = rb"[ \t\n\r]*+"
STRING_BODY = rb'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+'
NUMBER_TEXT = rb"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+"
_SCALAR = rb'(?:"(' + STRING_BODY + rb')"|(' + NUMBER_TEXT + rb")|(true|false|null))"
_MEMBER = re.compile(
    _WS + rb'"(' + STRING_BODY + rb')"' + _WS + rb":" + _WS + rb"(?:" + _SCALAR + _WS + rb"([,}])|([{\[]))"
)
_ELEMENT = re.compile(_WS + rb"(?:" + _SCALAR + _WS + rb"([,\]])|([{\[]))")
_AFTER = re.compile(_WS + rb"([,}\]])")
_TOP = re.compile(_WS + rb"(?:" + _SCALAR + rb"|([{\[]))")
_SPACE = re.compile(_WS)
_EMPTY = {0x7B: re.compile(_WS + rb"\}"), 0x5B: re.compile(_WS + rb"\]")}
_ESCAPE = re.compile(rb'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_COMMA, _BRACE = 0x2C, 0x7B


class Leaf(NamedTuple):
    """A scalar with its place; members also give their key. Spans of strings are between the quotes."""

    kind: int  # STRING, NUMBER, LITERAL, or CONTAINER (a member whose value is an object or array)
    start: int
    end: int
    path: str
    key_start: int  # -1: an array element or the whole document
    key_end: int


class LexError(Exception):
    """The record cannot be read; ``code`` is a code of ``Scan.error``, ``detail`` holds no byte of the record."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def check_utf8(data: bytes) -> None:
    """Raise :class:`LexError` unless ``data`` is UTF-8."""
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LexError("not_utf8", f"at byte {error.start}") from None


_SIMPLE = {
    0x22: '"', 0x5C: "\\", 0x2F: "/", 0x62: "\b", 0x66: "\f", 0x6E: "\n", 0x72: "\r", 0x74: "\t",
}  # fmt: skip


def decode(raw: bytes) -> str:
    """The string whose JSON spelling (without quotes) is ``raw``; a lone surrogate becomes U+FFFD."""
    if b"\\" not in raw:
        return raw.decode("utf-8")
    parts: list[str] = []
    at, high = 0, 0
    for match in _ESCAPE.finditer(raw):
        start, end = match.span()
        if start > at:
            parts.append(raw[at:start].decode("utf-8"))
            high = 0
        at = end
        if end - start == 2:
            parts.append(_SIMPLE[raw[start + 1]])
            high = 0
            continue
        code = int(raw[start + 2 : end], 16)
        if high and 0xDC00 <= code < 0xE000:
            parts[-1] = chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00))
            high = 0
        elif 0xD800 <= code < 0xE000:
            parts.append("\ufffd")
            high = code if code < 0xDC00 else 0
        else:
            parts.append(chr(code))
            high = 0
    parts.append(raw[at:].decode("utf-8"))
    return "".join(parts)


def decode_with_map(raw: str) -> tuple[str, list[int]]:
    """:func:`decode` of a str spelling, with the offset in ``raw`` of every character and of the end."""
    out: list[str] = []
    starts: list[int] = []
    at, size, high = 0, len(raw), -2
    while at < size:
        char = raw[at]
        if char != "\\":
            out.append(char)
            starts.append(at)
            at += 1
            continue
        kind = raw[at + 1]
        if kind != "u":
            out.append(_SIMPLE[ord(kind)])
            starts.append(at)
            at += 2
            continue
        code = int(raw[at + 2 : at + 6], 16)
        if 0xDC00 <= code < 0xE000 and high == at:
            first = int(raw[at - 4 : at], 16)
            out[-1] = chr(0x10000 + ((first - 0xD800) << 10) + (code - 0xDC00))
            at += 6
            high = -2
            continue
        out.append("\ufffd" if 0xD800 <= code < 0xE000 else chr(code))
        starts.append(at)
        at += 6
        high = at if 0xD800 <= code < 0xDC00 else -2
    starts.append(size)
    return "".join(out), starts


def pointer_segment(key: str) -> str:
    """``key`` as a segment of a JSON Pointer, with its leading slash."""
    if "~" in key or "/" in key:
        key = key.replace("~", "~0").replace("/", "~1")
    return "/" + key


_SEGMENTS: dict[bytes, str] = {}


def _segment(raw: bytes) -> str:
    segment = _SEGMENTS.get(raw)
    if segment is None:
        segment = pointer_segment(decode(raw))
        if len(raw) <= 64:
            if len(_SEGMENTS) >= 20_000:
                _SEGMENTS.clear()
            _SEGMENTS[raw] = segment
    return segment


def _bad(at: int) -> LexError:
    return LexError("not_json", f"at byte {at}")


def lex(data: bytes, max_depth: int = 200, max_nodes: int = 100_000) -> tuple[list[Leaf], bool]:
    """Every leaf of ``data`` in document order, and whether an object repeats a key; ``data`` is UTF-8."""
    leaves: list[Leaf] = []
    add = leaves.append
    make = Leaf._make
    top = _TOP.match(data)
    if top is None:
        raise _bad(0)
    if not top.group(4):
        if top.end(1) >= 0:
            add(Leaf(STRING, top.start(1), top.end(1), "", -1, -1))
        elif top.end(2) >= 0:
            add(Leaf(NUMBER, top.start(2), top.end(2), "", -1, -1))
        else:
            add(Leaf(LITERAL, top.start(3), top.end(3), "", -1, -1))
        _check_end(data, top.end())
        return leaves, False

    # one frame per open container: [prefix, next index or -1 for an object, keys seen]
    frames: list[tuple[str, int, set[str]]] = []
    prefix, index, seen = "", -1, set[str]()
    duplicate = False
    opener = data[top.end(4) - 1]
    pos = top.end()
    nodes, weight = 1, 1
    path = ""
    while True:
        if opener:  # a container begins: `path` is its path
            if len(frames) + 1 > max_depth:
                raise LexError("too_deep", f"more than {max_depth} levels")
            empty = _EMPTY[opener].match(data, pos)
            if empty is None:
                frames.append((prefix, index, seen))
                prefix, index, seen = path, (-1 if opener == _BRACE else 0), set()
                weight = 1 + (len(path) >> 10)  # a long key above many elements is copied into each path
                closes = 0
            else:
                pos = empty.end()
                closes = 1
            opener = 0
        else:
            closes = 0
        if not closes:
            if index < 0:
                match = _MEMBER.match(data, pos)
                if match is None:
                    raise _bad(pos)
                spans = match.regs
                key_start, key_end = spans[1]
                segment = _segment(data[key_start:key_end])
                path = prefix + segment
                if segment in seen:
                    duplicate = True
                else:
                    seen.add(segment)
                _, _, string, number, literal, end, opened = spans
            else:
                match = _ELEMENT.match(data, pos)
                if match is None:
                    raise _bad(pos)
                spans = match.regs
                key_start = key_end = -1
                path = f"{prefix}/{index}"
                index += 1
                _, string, number, literal, end, opened = spans
            pos = spans[0][1]
            nodes += weight
            if nodes > max_nodes:
                raise LexError("too_many_nodes", f"more than {max_nodes} values")
            if opened[0] >= 0:
                if key_start >= 0:
                    add(make((CONTAINER, pos, pos, path, key_start, key_end)))
                opener = data[opened[0]]
                continue
            if string[0] >= 0:
                add(make((STRING, string[0], string[1], path, key_start, key_end)))
            elif number[0] >= 0:
                add(make((NUMBER, number[0], number[1], path, key_start, key_end)))
            else:
                add(make((LITERAL, literal[0], literal[1], path, key_start, key_end)))
            if data[end[0]] == _COMMA:
                continue
            prefix, index, seen = frames.pop()
        # a container has just closed: what follows belongs to the one around it
        while frames:
            after = _AFTER.match(data, pos)
            if after is None:
                raise _bad(pos)
            char = data[after.start(1)]
            pos = after.end()
            if char == _COMMA:
                break
            if (char == 0x7D) != (index < 0):
                raise _bad(pos - 1)
            prefix, index, seen = frames.pop()
        else:
            _check_end(data, pos)
            return leaves, duplicate


def _check_end(data: bytes, pos: int) -> None:
    space = _SPACE.match(data, pos)
    if space is None or space.end() != len(data):
        raise _bad(pos)
