"""Values inside encodings: decode to what the detector saw, mask, encode again."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, unquote

from maskgate.operators.numbers import NUMBER

OPAQUE = frozenset({"base64", "base64url", "gzip", "hex", "mime"})
# On an opaque run these work as on any text; every other operator gives way to the label, because a part of an
# encoded run, or a stand-in for its whole, would show or say something else than was meant.
WHOLE_RUN = frozenset({"keep", "redact", "replace", "hash", "tokenize", "encrypt", "drop"})
_INVISIBLE = {"Cf", "Mn"}


def _unjson(text: str) -> str:
    try:
        out = json.loads(f'"{text}"')
    except ValueError:
        return text
    return out if isinstance(out, str) else text


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if unicodedata.category(c) not in _INVISIBLE)


_DECODE: dict[str, Callable[[str], str]] = {
    "json": _unjson,
    "percent": lambda t: unquote(t, errors="replace"),
    "html": html.unescape,
    "fold": _fold,
}
_ENCODE: dict[str, Callable[[str], str]] = {
    "json": lambda t: json.dumps(t, ensure_ascii=False)[1:-1],
    "percent": lambda t: quote(t, safe=""),
    "html": lambda t: html.escape(t, quote=True),
}


def unwrap(text: str, layers: tuple[str, ...]) -> str:
    """The text as the detector saw it."""
    for layer in layers:
        if layer in OPAQUE:
            return text
        decode = _DECODE.get(layer)
        text = decode(text) if decode else text
    return text


def wrap(text: str, layers: tuple[str, ...]) -> str:
    """The masked text in the encodings of the original; folded text stays plain."""
    for layer in reversed(layers):
        if layer in OPAQUE:
            continue
        encode = _ENCODE.get(layer)
        text = encode(text) if encode else text
    return text


def is_bare_number(text: str, before: str, after: str) -> bool:
    """Whether the text is a number of a JSON document inside a string: its mask must be a number again."""
    if NUMBER.fullmatch(text) is None:
        return False
    left, right = before.rstrip(" \t\r\n")[-1:], after.lstrip(" \t\r\n")[:1]
    return left in (":", "[", ",", "") and right in (",", "}", "]", "") and (left + right) != ""
