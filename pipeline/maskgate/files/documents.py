"""Documents that are no lines of JSON: JSON over several lines, and lines of plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from maskgate.base.document import decode, escape
from maskgate.files.pipes import Line

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_UTF8 = "utf-8"


def documents(batches: Iterable[Sequence[Line]], limit: int) -> Iterator[list[Line]]:
    """JSON documents over one or more lines each (``jq .``), with the number of the line that each begins in.

    A document longer than ``limit`` bytes is read past, never held.
    """
    lines: list[bytes] = []
    first = depth = size = 0
    last = True
    for batch in batches:
        found: list[Line] = []
        for line in batch:
            data = line.data
            first = first or line.number
            last = line.newline
            size += len(data) if data is not None else limit + 1
            bare = _STRING.sub(b"", data or b"")
            depth += sum(map(bare.count, (b"{", b"["))) - sum(map(bare.count, (b"}", b"]")))
            if size <= limit and data is not None:
                lines.append(data)
            if depth <= 0:
                found.append(_document(first, lines, last, size > limit))
                lines, first, depth, size = [], 0, 0, 0
        if found:
            yield found
    if first:
        yield [_document(first, lines, last, size > limit)]


def _document(first: int, lines: list[bytes], newline: bool, too_large: bool) -> Line:
    return Line(first, None if too_large else b"\n".join(lines), newline)


def texts(batches: Iterable[Sequence[Line]]) -> Iterator[list[Line]]:
    """Each line of plain text as a JSON document: one string."""
    for batch in batches:
        yield [_text(line) for line in batch]


def _text(line: Line) -> Line:
    if line.data is None or not line.data.strip():
        return line
    try:
        return line._replace(data=b'"' + escape(line.data.decode(_UTF8)) + b'"')
    except UnicodeDecodeError:
        return line._replace(data=None, code="not_utf8")


def text_of(document: bytes) -> bytes:
    """The plain text that a masked document stands for."""
    if document[:1] != b'"':
        return b"" if document == b"null" else document  # dropped
    return decode(document[1:-1]).encode(_UTF8, "surrogatepass")
