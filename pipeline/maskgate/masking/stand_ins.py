"""Where the stand-ins of a masked document lie in the key, header or value that leaves.

The masker knows which bytes it wrote in the place of a value; a reviewer's view hides exactly these, and no pattern
over the text decides what is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from maskgate.base.document import decode, nodes
from maskgate.base.records import Header, StandIn
from maskgate.masking.foreign import own_tokens

Spans = Sequence[tuple[int, int, str]]


def in_value(spans: Spans, place: str = "value") -> list[StandIn]:
    """Stand-ins of a document that leaves as it is."""
    return [StandIn(place, start, end, entity) for start, end, entity in spans]


def in_text(document: bytes, spans: Spans, place: str) -> list[StandIn]:
    """Stand-ins of a JSON string that leaves as its text."""
    return _in_string(document, 0, len(document), spans, place)


def in_header(document: bytes, spans: Spans, number: int) -> list[StandIn]:
    """Stand-ins of the one member of a document that leaves as a header, as its name and its value."""
    out: list[StandIn] = []
    for node in nodes(document):
        if node.in_object:
            out += _in_string(document, node.key_start - 1, node.key_end + 1, spans, f"name:{number}")
            out += _in_string(document, node.start, node.end, spans, f"header:{number}")
    return out


def of_own_tokens(
    known: Sequence[StandIn], key: bytes | None, headers: Sequence[Header], value: bytes, opens: Callable[[str], bool]
) -> list[StandIn]:
    """Tokens that came with the record and open with our keys, where no stand-in is yet."""
    places: list[tuple[str, bytes]] = [("value", value), ("key", key or b"")]
    for number, (name, data) in enumerate(headers):
        places += [(f"name:{number}", name.encode("utf-8", "surrogatepass")), (f"header:{number}", data or b"")]
    out = []
    for place, data in places:
        taken = [s for s in known if s.place == place]
        for start, end in own_tokens(data, opens):
            if all(end <= s.start or s.end <= start for s in taken):
                out.append(StandIn(place, start, end, "TOKEN"))
    return out


def _in_string(document: bytes, start: int, end: int, spans: Spans, place: str) -> list[StandIn]:
    """Spans of a JSON string (with its quotes) as spans of the bytes of its text."""
    if document[start : start + 1] != b'"':
        return []
    content = document[start + 1 : end - 1]
    out = []
    for first, last, entity in spans:
        if first < end and start < last:
            inner = [min(max(at - start - 1, 0), len(content)) for at in (first, last)]
            a, b = (len(decode(content[:at]).encode("utf-8", "surrogatepass")) for at in inner)
            out.append(StandIn(place, a, b, entity))
    return out
