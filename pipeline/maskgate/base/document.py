"""The bytes of a JSON record: where its leaves and members are, and how edits are spliced back.

Nothing here serialises a document. What no edit covers leaves byte for byte as it came: number spelling, key order,
duplicate keys, white space, escapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from maskgate.base.errors import RecordError

_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|[^u])")
_UNSAFE = re.compile(r'["\\\x00-\x1f\x7f\ud800-\udfff]')
_TOKEN = re.compile(
    rb'[ \t\n\r]*+(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")'
    rb"|(?P<punct>[{}\[\]:,])|(?P<scalar>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null))"
)


class Edit(NamedTuple):
    """Bytes ``start`` to ``end`` of the record give way to ``data``.

    ``stand_ins`` are the (start, end, entity) in ``data`` that stand for a value and say nothing of it to a reader.
    """

    start: int
    end: int
    data: bytes
    stand_ins: tuple[tuple[int, int, str], ...] = ()


class Node(NamedTuple):
    """A value of the document: ``start``–``end`` are its bytes, ``key`` those of its key's content (or -1, -1).

    ``member`` is where the member (key and value) begins; for an array element or the root it equals ``start``.
    ``kind`` is ``object array string number true false null``; ``parent`` and ``index`` place it among its siblings.
    """

    path: str
    kind: str
    start: int
    end: int
    member: int
    key_start: int
    key_end: int
    parent: int
    in_object: bool


def splice(record: bytes, edits: Iterable[Edit]) -> bytes:
    """The record with the edits in place; an edit inside a larger one is swallowed by it.

    Raises:
        RecordError: two edits overlap without one holding the other (``overlap``): nothing is guessed.
    """
    out: list[bytes] = []
    at = 0
    for start, end, data, _ in sorted(edits, key=lambda e: (e[0], -e[1])):
        if start < at:
            if end <= at:
                continue
            raise RecordError("overlap", "two edits overlap")
        out.append(record[at:start])
        out.append(data)
        at = end
    out.append(record[at:])
    return b"".join(out)


def stand_ins_of(edits: Iterable[Edit]) -> list[tuple[int, int, str]]:
    """Where the stand-ins of the edits lie in the spliced record: (start, end, entity), ascending."""
    out: list[tuple[int, int, str]] = []
    at = shift = 0
    for start, end, data, inner in sorted(edits, key=lambda e: (e[0], -e[1])):
        if start < at:  # swallowed
            continue
        out += [(start + shift + first, start + shift + last, entity) for first, last, entity in inner]
        shift += len(data) - (end - start)
        at = end
    return out


def escape(text: str) -> bytes:
    """The text as the content of a JSON string, in UTF-8; lone surrogates become escapes."""
    if _UNSAFE.search(text) is None:
        return text.encode()
    lone = any("\ud800" <= c <= "\udfff" for c in text)
    return json.dumps(text, ensure_ascii=lone)[1:-1].replace("\x7f", "\\u007f").encode()


def decode(content: bytes) -> str:
    """The text of a JSON string from the bytes between its quotes."""
    if b"\\" not in content:
        return content.decode()
    text: str = json.loads(b'"' + content + b'"')
    return text


def byte_offsets(content: bytes, offsets: Sequence[int]) -> list[int]:
    """Byte offsets in a JSON string's content for ascending code-point offsets of its decoded text.

    One pass over the content, whatever the number of offsets.
    """
    if content.isascii() and b"\\" not in content:
        return list(offsets)
    out: list[int] = []
    wanted = iter(offsets)
    target = next(wanted, None)
    points = 0
    for start, end, is_escape in _runs(content):
        if target is None:
            break
        if is_escape:
            while target is not None and target <= points:
                out.append(start)
                target = next(wanted, None)
            points += 1
            continue
        run = content[start:end].decode()
        done, at = 0, start
        while target is not None and target - points <= len(run):
            at += len(run[done : target - points].encode())
            done = target - points
            if done == len(run):  # the border belongs to what follows, which the next run or the end settles
                break
            out.append(at)
            target = next(wanted, None)
        points += len(run)
    while target is not None:
        out.append(len(content))
        target = next(wanted, None)
    return out


def _runs(content: bytes) -> Iterator[tuple[int, int, bool]]:
    """(start, end, is one escaped character) over the content; a surrogate pair is one character."""
    at = 0
    high = -1
    for match in _ESCAPE.finditer(content):
        start, end = match.span()
        unit = int(content[start + 2 : end], 16) if content[start + 1 : start + 2] == b"u" else 0
        if high >= 0:
            if start == at and 0xDC00 <= unit <= 0xDFFF:
                yield high, end, True
                high, at = -1, end
                continue
            yield high, at, True
            high = -1
        if at < start:
            yield at, start, False
        at = end
        if 0xD800 <= unit <= 0xDBFF:
            high = start
        else:
            yield start, end, True
    if high >= 0:
        yield high, at, True
    if at < len(content):
        yield at, len(content), False


def pointer_part(text: str) -> str:
    """One reference token of a JSON Pointer."""
    return text.replace("~", "~0").replace("/", "~1") if "~" in text or "/" in text else text


def nodes(record: bytes, max_nodes: int = 1_000_000) -> list[Node]:
    """Every value of the document in document order (a container before what it holds).

    For the slow paths only: masked keys, dropped fields, whole-field rules, predicates. The engine has judged the
    record already, so this expects valid JSON.

    Raises:
        RecordError: not JSON (``not_json``) or more than ``max_nodes`` values (``too_many_nodes``).
    """
    out: list[Node] = []
    stack: list[tuple[int, str, bool, int]] = []  # (node index, path, is object, next array index)
    at, size = 0, len(record)
    key: tuple[int, int, int] | None = None  # (member start, content start, content end)
    expect_value = True
    while at < size:
        match = _TOKEN.match(record, at)
        if match is None:
            if not record[at:].strip(b" \t\n\r"):
                break
            raise RecordError("not_json", f"at byte {at}")
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        at = match.end()
        if kind == "punct":
            mark = record[start]
            if mark in b",:":
                expect_value = mark == 0x3A or not stack[-1][2] if stack else True
                continue
            if mark in b"}]":
                index = stack.pop()[0]
                out[index] = out[index]._replace(end=end)
                expect_value = False
                continue
        elif kind == "string" and not expect_value and stack and stack[-1][2] and key is None:
            key = (start, start + 1, end - 1)
            continue
        out.append(_node(record, out, stack, key, kind, start, end))
        if len(out) > max_nodes:
            raise RecordError("too_many_nodes")
        key, expect_value = None, False
        if kind == "punct":
            is_object = record[start] == 0x7B
            stack.append((len(out) - 1, out[-1].path, is_object, 0))
            expect_value = not is_object
    if stack or not out:
        raise RecordError("not_json", "cut off")
    return out


def _node(
    record: bytes,
    out: list[Node],
    stack: list[tuple[int, str, bool, int]],
    key: tuple[int, int, int] | None,
    kind: str,
    start: int,
    end: int,
) -> Node:
    first = record[start : start + 1]
    name = {b'"': "string", b"{": "object", b"[": "array", b"t": "true", b"f": "false", b"n": "null"}.get(
        first, "number"
    )
    if not stack:
        return Node("", name, start, end, start, -1, -1, -1, False)
    parent, path, is_object, index = stack[-1]
    if is_object:
        if key is None:
            raise RecordError("not_json", f"at byte {start}: a member without a key")
        part = pointer_part(decode(record[key[1] : key[2]]))
        return Node(f"{path}/{part}", name, start, end, key[0], key[1], key[2], parent, True)
    stack[-1] = (parent, path, is_object, index + 1)
    return Node(f"{path}/{index}", name, start, end, start, -1, -1, parent, False)


def drop_edits(tree: Sequence[Node], dropped: set[int]) -> list[Edit]:
    """Edits that take the nodes with these indexes out: a member with its comma, an array element as ``null``."""
    edits: list[Edit] = []
    families: dict[int, list[int]] = {}
    for i in dropped:
        if tree[i].in_object:
            families.setdefault(tree[i].parent, [])
        else:
            edits.append(Edit(tree[i].start, tree[i].end, b"null"))
    for i, node in enumerate(tree):
        if node.in_object and node.parent in families:
            families[node.parent].append(i)
    for members in families.values():
        edits.extend(_drop_members(tree, members, dropped))
    return edits


def _drop_members(tree: Sequence[Node], members: list[int], dropped: set[int]) -> Iterator[Edit]:
    run: int | None = None
    for place, (this, after) in enumerate(pairwise([*members, -1])):
        if this in dropped and run is None:
            run = place
        if run is None or after in dropped:
            continue
        first = tree[members[run]]
        if after >= 0:
            yield Edit(first.member, tree[after].member, b"")
        elif run:
            yield Edit(tree[members[run - 1]].end, tree[this].end, b"")
        else:
            yield Edit(first.member, tree[this].end, b"")
        run = None
