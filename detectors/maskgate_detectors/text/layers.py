"""Encodings inside a text: each gives a plainer text and the way back to the offsets of the one it came from.

Runs are not counted: their bytes bound them. What a run unpacks to is bounded by what the caller has room for.
"""

from __future__ import annotations

import base64
import html
import quopri
import re
import unicodedata
import zlib
from binascii import a2b_base64
from collections.abc import Callable, Iterator
from typing import NamedTuple


class View(NamedTuple):
    """A decoded text: character i stands for ``starts[i]:ends[i]`` of the source (both None: ``span`` as a whole)."""

    text: str
    layer: str
    starts: list[int] | None
    ends: list[int] | None
    span: tuple[int, int]


def lift(start: int, end: int, view: View) -> tuple[int, int]:
    """The span in the source for the span ``start:end`` of the view's text."""
    if view.starts is None or view.ends is None:
        return view.span
    return view.starts[start], view.ends[end - 1]


class _Fold(dict[int, str]):
    """For ``str.translate``: look-alike digits, spaces, dashes, ``@``, full-width forms → ASCII; invisible → none."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = self[code] = char if code < 0x80 else _fold_char(char)
        return folded


_ALIKE = {"﹫": "@", "⓪": "0", "․": ".", "。": ".", "·": "·", "‐": "-", "−": "-", "⁻": "-", "⁺": "+", "‚": ","}


def _fold_char(char: str) -> str:
    if char in _ALIKE:
        return _ALIKE[char]
    kind = unicodedata.category(char)
    if kind == "Cf" or char in "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0" or "\ufe00" <= char <= "\ufe0f":
        return ""
    if kind == "Zs":
        return " "
    if kind == "Pd":
        return "-"
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) == 1 and plain.isascii() and (kind not in ("Lo", "Sk") or "\uff01" <= char <= "\uff5e"):
        return plain
    return char


_FOLD = _Fold()


def fold(text: str) -> View | None:
    """``text`` with look-alike characters put right, or None when there are none."""
    if text.isascii():
        return None
    folded = text.translate(_FOLD)
    if folded == text:
        return None
    starts = [at for at, char in enumerate(text) if _FOLD[ord(char)]]
    return View(folded, "fold", starts, [at + 1 for at in starts], (0, len(text)))


_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})++")
_ENTITY = re.compile(r"&(?:#0*+[0-9]{1,7}|#[xX]0*+[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[ntr\"'/\\bf])")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_\-])(?:data:[a-z/+.\-]{1,60};base64,)?([A-Za-z0-9+/_\-]{14,}+)(={0,2}+)")
_WRAPPED = re.compile(
    r"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/]{20,}+\r?\n"
    r"(?:(?:[A-Za-z0-9+/]{20,}+\r?\n)++(?:[A-Za-z0-9+/]{2,}+={0,2}+)?+|[A-Za-z0-9+/]{2,}+={0,2}+)"
)
_BASE64_BYTES = re.compile(_BASE64.pattern.encode())
_HEX = re.compile(
    r"(?<![0-9A-Za-z])(?:0[xX])?((?:[2-7c-fC-F][0-9A-Fa-f]|0[9aAdD]"
    r"|[89abAB][0-9A-Fa-f]){12,})(?![0-9A-Za-z])"
)
_HEX_BYTES = re.compile(rb"(?:[2-7][0-9A-Fa-f]){12}")
_RUN = re.compile(r"[A-Za-z0-9+/_\-]++={0,2}")
_AROUND = 1000  # characters on either side of what a picture holds by chance
_PIECE = 4096  # bytes
_HEAD = 24  # characters of a run whose bytes must be free of control characters
_URL_TO_PLAIN = bytes.maketrans(b"-_", b"+/")
_NOT_CONTROL = bytes(code for code in range(256) if code >= 32 or code in b"\t\n\r")
_ASCII = bytes(range(128))
_SURE = 64  # bytes without control characters are no chance any more
_WIDE = 6  # bytes that show which half of each character is zero
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def _replaced(text: str, layer: str, pieces: Iterator[tuple[int, int, str]]) -> View | None:
    """The view in which each piece (start, end, plain) stands for its source; None without pieces."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end, plain in pieces:
        out.append(text[at:start])
        starts.extend(range(at, start))
        ends.extend(range(at + 1, start + 1))
        out.append(plain)
        starts.extend([start] * len(plain))
        ends.extend([end] * len(plain))
        at = end
    if at == 0:
        return None
    out.append(text[at:])
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return View("".join(out), layer, starts, ends, (0, len(text)))


def _percent_pieces(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _PERCENT.finditer(text):
        data = bytes.fromhex(match[0].replace("%", ""))
        at = match.start()
        for char in data.decode("utf-8", "surrogateescape"):
            size = 1 if "\udc80" <= char <= "\udcff" else len(char.encode("utf-8"))
            yield at, at + 3 * size, "\ufffd" if "\udc80" <= char <= "\udcff" else char
            at += 3 * size


def _escape_pieces(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _ESCAPED.finditer(text):
        body = match[0][1:]
        if body[0] in "ux" and len(body) > 1:
            code = int(body[1:], 16)
            plain = "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
        else:
            plain = _SIMPLE.get(body, body)
        yield match.start(), match.end(), plain


def percent(text: str) -> View | None:
    """``text`` with its ``%xx`` decoded."""
    return _replaced(text, "percent", _percent_pieces(text)) if "%" in text else None


def entities(text: str) -> View | None:
    """``text`` with its HTML character references decoded."""
    if "&" not in text or ";" not in text:
        return None
    pieces = ((match.start(), match.end(), html.unescape(match[0])) for match in _ENTITY.finditer(text))
    return _replaced(text, "html", pieces)


_ENCODED_WORD = re.compile(r"=\?[\w-]{2,20}\?([BbQq])\?([^?\s]++)\?=")


def encoded_words(text: str) -> View | None:
    """``text`` with the encoded words of mail headers decoded (RFC 2047), each as a whole."""
    return _replaced(text, "mime", _encoded_pieces(text)) if "=?" in text else None


def _encoded_pieces(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _ENCODED_WORD.finditer(text):
        try:
            if match[1] in "Bb":
                plain = base64.b64decode(match[2] + "=" * (-len(match[2]) % 4)).decode("utf-8", "replace")
            else:
                plain = quopri.decodestring(match[2].replace("_", " ")).decode("utf-8", "replace")
        except ValueError:
            continue
        yield match.start(), match.end(), plain


def escapes(text: str) -> View | None:
    """``text`` with backslash escapes decoded: JSON or source code inside a log line."""
    return _replaced(text, "json", _escape_pieces(text)) if "\\" in text else None


def base64_runs(text: str, room: int, too_much: Callable[[], None]) -> Iterator[View]:
    """Readable texts that stand as base64 or base64url in ``text``, also gzip or zlib inside.

    ``too_much`` is called where a text unpacks to more than ``room`` bytes; as much as that of it is given.
    """
    for match in _BASE64.finditer(text):
        run = match[1]
        if not _may_be_base64(run):
            continue
        plain, layer = _unbase64(run, room, too_much)
        if plain is not None:
            yield View(plain, layer, None, None, (match.start(1), match.end()))
    for match in _WRAPPED.finditer(text) if "\n" in text else ():  # what a line breaks off goes on in the next
        run = unwrapped(match[0]).rstrip("=")  # of any width: programs break lines where they like
        plain, layer = _unbase64(run, room, too_much) if _may_be_base64(run) else (None, "")
        if plain is not None:
            yield View(plain, layer, None, None, match.span())


def unwrapped(run: str) -> str:
    """A run without the ends of its lines."""
    return run.replace("\r", "").replace("\n", "")


def hex_runs(text: str) -> Iterator[View]:
    """Readable texts that stand in hexadecimal digits in ``text``: two digits a byte, at least twelve bytes."""
    for match in _HEX.finditer(text):
        plain = _readable(bytes.fromhex(match[1])) if len(match[1]) % 2 == 0 else None
        if plain is None:
            continue
        yield View(plain, "hex", None, None, (match.start(1), match.end(1)))


def deep_inside(text: str, start: int, end: int) -> bool:
    """``start:end`` is a piece of a long run of base64: what fits a pattern there, fits it by chance."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return (
        start > 0
        and end < len(text)
        and len(before) + len(after) > _AROUND
        and _RUN.fullmatch(before) is not None
        and _RUN.fullmatch(after) is not None
    )


def has_base64(raw: bytes) -> bool:
    """A run in the raw text (UTF-8, no escapes) may give a readable text; false only when none does."""
    if _HEX_BYTES.search(raw) is not None:
        return True
    if raw == raw.lower() or raw == raw.upper():
        return False
    for match in _BASE64_BYTES.finditer(raw):
        run = match[1]
        start = run[:_HEAD].translate(_URL_TO_PLAIN)
        data = a2b_base64(start[: len(start) & ~3])
        if not data.translate(None, _NOT_CONTROL) or data[:1] in (b"\x1f", b"\x78") or _wide(data):
            return True
    return False


def _may_be_base64(run: str) -> bool:
    """Letters of both cases stand in it, as in nearly all base64 of text, and its length is possible."""
    return run != run.lower() and run != run.upper() and len(run) % 4 != 1


def _unbase64(run: str, room: int, too_much: Callable[[], None]) -> tuple[str | None, str]:
    url = "-" in run or "_" in run
    if url and ("+" in run or "/" in run):
        return None, ""
    text = run + "=" * (-len(run) % 4)
    try:
        data = base64.urlsafe_b64decode(text) if url else base64.b64decode(text, validate=True)
    except ValueError:
        return None, ""
    layer = "base64url" if url else "base64"
    if data[:2] == b"\x1f\x8b" or (data[:1] == b"\x78" and len(data) > 2 and int.from_bytes(data[:2], "big") % 31 == 0):
        inflated = _inflate(data, room + 1)
        plain = _readable(inflated[:room])
        if plain is not None and len(inflated) > room:
            too_much()
        return plain, layer + "+gzip"
    return _readable(data), layer


def _inflate(data: bytes, most: int) -> bytes:
    """The first ``most`` bytes of all members of a gzip or zlib stream, as far as it is whole."""
    out: list[bytes] = []
    while data and most > 0:
        stream = zlib.decompressobj(wbits=47)
        try:
            for at in range(0, len(data), _PIECE):  # in pieces: of a broken stream what stands before the break counts
                part = stream.decompress(data[at : at + _PIECE], most)
                out.append(part)
                most -= len(part)
                if most <= 0 or stream.eof:
                    break
                if stream.unconsumed_tail:
                    break
        except zlib.error:
            break
        if not stream.eof:
            break
        data = stream.unused_data + data[at + _PIECE :]
        if data[:2] != b"\x1f\x8b":
            break
    return b"".join(out)


def _readable(data: bytes) -> str | None:
    """The text when it is UTF-8, UTF-16 or an eight-bit text, without control characters."""
    if wide := _wide(data):
        text = data[: len(data) & ~1].decode(wide, "replace").removeprefix("\ufeff")
        return text if _is_text(text.encode("utf-8", "replace")) else None
    if not _is_text(data):
        return None
    try:
        return data.decode("utf-8") or None
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:  # a cut last character is left out
            return data[: error.start].decode("utf-8") or None
    few = data[:_WIDE].isascii() and len(data.translate(None, _ASCII)) * 5 <= len(data)
    sure = len(data) >= _SURE and not data.translate(None, _NOT_CONTROL)
    return data.decode("latin-1") if few or sure else None


def _is_text(data: bytes) -> bool:
    start = data[: _HEAD // 4 * 3]
    return not start.translate(None, _NOT_CONTROL) and len(data.translate(None, _NOT_CONTROL)) * 20 <= len(data)


def _wide(data: bytes) -> str:
    """The form of UTF-16 that the bytes begin with: a mark, or letters of Western scripts with a zero beside each."""
    if data[:2] in _MARKS:
        return _MARKS[data[:2]]
    start = data[:_WIDE]
    if len(start) < _WIDE:
        return ""
    if not any(start[1::2]) and all(start[::2]):
        return "utf-16-le"
    return "utf-16-be" if not any(start[::2]) and all(start[1::2]) else ""
