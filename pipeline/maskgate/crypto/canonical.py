"""One spelling for every value that is signed or digested, and a parser that two programs cannot disagree about.

The form follows RFC 8785 (members sorted by UTF-16 code units, no whitespace, shortest escapes) with these decisions,
each of which refuses where guessing would let two parties see different things:

* ``1`` and ``1.0`` differ: the type of an argument is part of what was approved. A float always shows ``.`` or ``e``.
* Integers beyond ±(2^53-1) are refused: half of all JSON parsers round them. Send them as strings.
* NaN, infinities and lone surrogates are refused.
* Strings keep their code points (no normalisation: the snapshot is what runs), but two member names that are equal
  after NFC are refused, as are duplicate ones.
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from json.encoder import encode_basestring
from typing import Any, NoReturn

import orjson

from maskgate.base.errors import RecordError

MAX_DEPTH = 64
MAX_INT = 2**53 - 1
_STRICT = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def dumps(value: Any) -> bytes:
    """Canonical bytes of a JSON-ready value.

    Raises:
        RecordError: code ``not_canonical``; the value has no single spelling.
    """
    quick = _quickly(value)
    if quick is not None:
        return quick
    out: list[str] = []
    _write(value, out, 0)
    try:
        return "".join(out).encode()
    except UnicodeEncodeError:
        raise RecordError("not_canonical", "a lone surrogate") from None


def loads(raw: bytes | str) -> Any:
    """The value of strict JSON: no duplicate members, no NaN, no integer that other parsers round, one document.

    Raises:
        RecordError: code ``not_strict_json``.
    """
    try:
        if isinstance(raw, bytes) and (known := _canonical_already(raw)) is not None:
            return known
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_int, parse_float=_float
        )
        if "\\u" in text:  # an escape can hide half of a surrogate pair, which has no bytes
            json.dumps(value, ensure_ascii=False).encode()
    except RecordError:
        raise
    except (ValueError, RecursionError):
        raise RecordError("not_strict_json", "not one UTF-8 JSON document") from None
    return value


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical bytes."""
    return hashlib.sha256(dumps(value)).hexdigest()


def snapshot(arguments: dict[str, Any]) -> str:
    """Canonical text of named arguments: what is shown, digested, and run."""
    if not isinstance(arguments, dict):
        raise RecordError("not_canonical", "arguments are named: an object")
    return dumps(arguments).decode()


def _refuse(reason: str) -> NoReturn:
    raise RecordError("not_canonical", reason)


def _quickly(value: Any) -> bytes | None:
    """The canonical bytes of what two serialisers spell alike; None where that cannot be told.

    Each refuses what the other would let through: one names that are no strings and integers beyond 2^53-1, the other
    NaN and types that are not JSON's; floats they spell differently. Sorted bytes and sorted UTF-16 agree on ASCII.
    """
    try:
        raw = orjson.dumps(value, option=_STRICT)
        if not raw.isascii() or raw.count(b"{") + raw.count(b"[") > MAX_DEPTH or raw != _PLAIN.encode(value).encode():
            return None
    except (TypeError, ValueError, RecursionError):
        return None
    return raw


def _canonical_already(raw: bytes) -> Any:
    """The value of bytes that a serialiser would write for it again to the letter; None where it would not.

    Such bytes hold no member twice, and no number or escape that could be read in two ways. It is a third of the time.
    """
    try:
        value = orjson.loads(raw)
        return value if orjson.dumps(value, option=_STRICT) == raw else None
    except (TypeError, ValueError, RecursionError):
        return None


def _write(value: Any, out: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        _refuse(f"deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool):
        out.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, str):
        out.append(_string(value))
    elif isinstance(value, int):
        if abs(value) > MAX_INT:
            _refuse("an integer beyond 2^53-1; send it as a string")
        out.append(str(int(value)))
    elif isinstance(value, float):
        if not math.isfinite(value):
            _refuse("NaN or infinity")
        out.append(repr(float(value)))
    elif isinstance(value, (list, tuple)):
        out.append("[")
        for index, element in enumerate(value):
            if index:
                out.append(",")
            _write(element, out, depth + 1)
        out.append("]")
    elif isinstance(value, dict):
        _write_object(value, out, depth)
    else:
        _refuse(f"a {type(value).__name__} is not JSON")


def _write_object(value: dict[Any, Any], out: list[str], depth: int) -> None:
    if not all(isinstance(name, str) for name in value):
        _refuse("a member name that is not a string")
    if not all(map(str.isascii, value)) and len({unicodedata.normalize("NFC", n) for n in value}) != len(value):
        _refuse("member names that look the same")
    out.append("{")
    for index, name in enumerate(sorted(value, key=_utf16)):
        if index:
            out.append(",")
        out.append(_string(name) + ":")
        _write(value[name], out, depth + 1)
    out.append("}")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _string(text: str) -> str:
    return encode_basestring(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise RecordError("not_strict_json", "duplicate member name")
    return out


def _no_constant(_name: str) -> NoReturn:
    raise RecordError("not_strict_json", "NaN or infinity")


def _int(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INT:
        raise RecordError("not_strict_json", "an integer beyond 2^53-1")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise RecordError("not_strict_json", "a number beyond the range of a double")
    return value
