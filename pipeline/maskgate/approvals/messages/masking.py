"""Extra masking by a reviewer: pointers of the masked document that get a fixed label, bytes around them untouched.

A reviewer can only take away. The result is deterministic, so two reviewers who name the same pointers see, and sign,
the same digest; the gate applies the same before it releases.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from maskgate.base.errors import RecordError
from maskgate.base.records import StandIn

LABEL = b'"<MASKED_BY_REVIEWER>"'
_SPACE = re.compile(rb"[ \t\r\n]*")
_SCALAR = re.compile(rb"[^\s,\]}]+")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class _Span:
    path: str
    start: int
    end: int


def apply(value: bytes, pointers: Sequence[str]) -> bytes:
    """The value with every pointed-at member or element replaced by the label.

    Raises:
        RecordError: ``no_such_path``, or the value is not JSON.
    """
    wanted = set(pointers)
    if not wanted <= {span.path for span in _spans(value)}:
        raise RecordError("no_such_path", "extra masking names a path that the record does not have")
    out, at = bytearray(), 0
    for start, end in _cuts(value, wanted):
        out += value[at:start] + LABEL
        at = end
    return bytes(out + value[at:])


def stand_ins_after(value: bytes, pointers: Sequence[str], stand_ins: Sequence[StandIn]) -> tuple[StandIn, ...]:
    """Where the stand-ins of a record lie once ``apply_where`` has masked it further; those masked away are gone."""
    cuts = list(_cuts(value, {span.path for span in _spans(value)} & set(pointers)))
    out = []
    for stand_in in stand_ins:
        place, start, end, entity = stand_in
        if place == "value":
            if any(first < end and start < last for first, last in cuts):
                continue
            shift = sum(len(LABEL) - (last - first) for first, last in cuts if last <= start)
            stand_in = StandIn(place, start + shift, end + shift, entity)  # noqa: PLW2901
        out.append(stand_in)
    return tuple(out)


def _cuts(value: bytes, wanted: Set[str]) -> Iterator[tuple[int, int]]:
    """The bytes that give way to the label, ascending; what lies inside of one is no cut of its own."""
    at = 0
    found = [span for span in _spans(value) if span.path in wanted]
    for span in sorted(found, key=lambda s: (s.start, -s.end)):
        if span.start >= at:
            yield span.start, span.end
            at = span.end


def apply_where(value: bytes, pointers: Sequence[str]) -> bytes:
    """Like ``apply``, for one of several items: pointers that this item does not have are ignored."""
    present = {span.path for span in _spans(value)}
    return apply(value, [pointer for pointer in pointers if pointer in present])


def _spans(value: bytes) -> Iterator[_Span]:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        raise RecordError("not_json", "the record is not JSON") from None
    spans: list[_Span] = []
    _value(value, _skip(value, 0), "", spans, 0)
    yield from spans


def _value(raw: bytes, at: int, path: str, spans: list[_Span], depth: int) -> int:
    """Note the value that starts here and everything inside; the index after it."""
    if depth > MAX_DEPTH:
        raise RecordError("too_deep", "the record is too deep for extra masking")
    opener = raw[at : at + 1]
    if opener in (b"{", b"["):
        end = _container(raw, at, path, spans, depth, opener == b"{")
    else:
        token = (_STRING if opener == b'"' else _SCALAR).match(raw, at)
        end = token.end() if token else len(raw)
    spans.append(_Span(path, at, end))
    return end


def _container(raw: bytes, at: int, path: str, spans: list[_Span], depth: int, is_object: bool) -> int:
    at, index = _skip(raw, at + 1), 0
    while raw[at : at + 1] not in (b"}", b"]"):
        name = str(index)
        if is_object:
            token = _STRING.match(raw, at)
            if token is None:
                raise RecordError("not_json", "the record is not JSON")
            name = str(json.loads(token[0])).replace("~", "~0").replace("/", "~1")
            at = _skip(raw, _skip(raw, token.end()) + 1)
        at = _skip(raw, _value(raw, at, f"{path}/{name}", spans, depth + 1))
        if raw[at : at + 1] == b",":
            at = _skip(raw, at + 1)
        index += 1
    return at + 1


def _skip(raw: bytes, at: int) -> int:
    found = _SPACE.match(raw, at)
    return found.end() if found else at
