"""Records with known spans: values are marked inside strings, the marks are taken out when the record is made.

``mark("PERSON", "Ana Li")`` wraps a value; wrappings (JSON in a string, %xx, a log line) may be put around marked
text. ``make`` turns a marked tree into a :class:`Case`: the record's bytes and, per leaf, the gold spans. A kind that
begins with ``~`` is neither asked for nor counted as spoiled (a company, a country).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

OPEN, MID, CLOSE = "\ue000", "\ue001", "\ue002"


class Gold(NamedTuple):
    """One span that holds personal data, in code points of the decoded leaf."""

    path: str
    where: str  # "value" or "key"
    start: int
    end: int
    kind: str


class Case(NamedTuple):
    """One record of a set."""

    family: str
    data: bytes
    gold: tuple[Gold, ...]
    chars: int  # of all leaves


def mark(kind: str, value: object) -> str:
    """``value`` as marked text."""
    return f"{OPEN}{kind}{MID}{value}{CLOSE}"


class Number:
    """A JSON number that is personal data as a whole."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind, self.text = kind, text


def strip(text: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The text without marks, and the spans they held; an inner mark is part of the outer one."""
    out: list[str] = []
    spans: list[tuple[int, int, str]] = []
    stack: list[tuple[int, str]] = []
    size = at = 0
    while at < len(text):
        char = text[at]
        if char == OPEN:
            end = text.index(MID, at)
            stack.append((size, text[at + 1 : end]))
            at = end
        elif char == CLOSE:
            start, kind = stack.pop()
            if not stack:
                spans.append((start, size, kind))
        else:
            out.append(char)
            size += 1
        at += 1
    return "".join(out), spans


def through(text: str, change: Any) -> str:
    """``change`` applied to the pieces of marked text, the marks left in place."""
    out, at = [], 0
    while at < len(text):
        if text[at] == OPEN:
            end = text.index(MID, at)
            out.append(text[at : end + 1])
            at = end + 1
        elif text[at] == CLOSE:
            out.append(CLOSE)
            at += 1
        else:
            end = at
            while end < len(text) and text[end] not in (OPEN, CLOSE):
                end += 1
            out.append(change(text[at:end]))
            at = end
    return "".join(out)


def whole(text: str, change: Any) -> str:
    """``change`` applied to the unmarked text, marked as a whole (base64 leaves no span of its own)."""
    plain, spans = strip(text)
    kinds = [kind for _, _, kind in spans if not kind.startswith("~")]
    return mark(kinds[0], change(plain)) if kinds else change(plain)


def make(family: str, tree: Any, *, ascii_only: bool = False) -> Case:
    """The record of a marked tree."""
    gold: list[Gold] = []
    total = 0

    def walk(node: Any, path: str) -> str:
        nonlocal total
        if isinstance(node, dict):
            members = []
            for key, value in node.items():
                name, spans = strip(key)
                below = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
                gold.extend(Gold(below, "key", s, e, k) for s, e, k in spans)
                total += len(name) if spans else 0
                members.append(json.dumps(name, ensure_ascii=ascii_only) + ":" + walk(value, below))
            return "{" + ",".join(members) + "}"
        if isinstance(node, (list, tuple)):
            return "[" + ",".join(walk(item, f"{path}/{at}") for at, item in enumerate(node)) + "]"
        if isinstance(node, Number):
            gold.append(Gold(path, "value", 0, len(node.text), node.kind))
            total += len(node.text)
            return node.text
        if isinstance(node, str):
            text, spans = strip(node)
            gold.extend(Gold(path, "value", s, e, k) for s, e, k in spans)
            total += len(text)
            return json.dumps(text, ensure_ascii=ascii_only)
        text = json.dumps(node)
        total += len(text)
        return text

    data = walk(tree, "").encode("utf-8", "surrogatepass")
    return Case(family, data, tuple(gold), total)


def read_marked(text: str) -> str:
    """Hand-written ``⟦KIND:value⟧`` marks as the marks of this module."""
    out, at = [], 0
    while (start := text.find("⟦", at)) >= 0:
        colon, end = text.index(":", start), text.index("⟧", start)
        out += [text[at:start], mark(text[start + 1 : colon], text[colon + 1 : end])]
        at = end + 1
    return "".join([*out, text[at:]])


def deep(tree: Any, change: Any) -> Any:
    """``change`` applied to every string leaf of a tree (keys are left)."""
    if isinstance(tree, dict):
        return {key: deep(value, change) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [deep(item, change) for item in tree]
    return change(tree) if isinstance(tree, str) else tree


def leaves(tree: Any) -> Iterator[str]:
    """All string leaves."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from leaves(value)
    elif isinstance(tree, (list, tuple)):
        for item in tree:
            yield from leaves(item)
    elif isinstance(tree, str):
        yield tree
