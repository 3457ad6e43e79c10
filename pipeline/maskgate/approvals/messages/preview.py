"""What a reviewer sees of the held bytes: a pure function of the masked value and its fields.

Reversible or linkable outputs (tokens, FPE, ciphertext, keyed hashes) become ``⟦EMAIL_ADDRESS#1⟧``, small counts become
bands, text is shown plainly (see ``plain``). ``seen_digest`` of a vote is ``seen(...)`` over exactly this text; the
gate computes the same from the bytes it holds, so a vote on another preview does not count.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from maskgate.approvals.messages import plain
from maskgate.approvals.model import Action
from maskgate.crypto import canonical

HIDDEN_OPERATORS = frozenset({"tokenize", "fpe", "encrypt", "hash"})
BANDS = ((5, "1-4"), (10, "5-9"), (50, "10-49"), (100, "50-99"), (1000, "100-999"))
MAX_CHARS = 20_000
MAX_STRING = 500
_TOKEN = re.compile(r"mg1\.[A-Za-z0-9._~:/+=-]+")


def band(count: int) -> str:
    """A count as a range: how many people of a kind there are can name one of them."""
    if count <= 0:
        return "0"
    return next((label for limit, label in BANDS if count < limit), "1,000+")


def render(value: bytes, fields: Iterable[Mapping[str, Any]]) -> str:
    """The preview of one masked record. Never raises: what is not JSON is described, not shown."""
    hidden: dict[str, str] = {}
    whole: set[str] = set()
    for use in fields:
        if use.get("operator") in HIDDEN_OPERATORS:
            path = str(use.get("path", ""))
            hidden[path] = str(use.get("entity", "VALUE"))
            if use.get("operator") != "tokenize":  # where it stands in the text cannot be told
                whole.add(path)
    try:
        tree = json.loads(value, object_pairs_hook=_Members, parse_int=_Number, parse_float=_Number)
    except (ValueError, RecursionError):
        return f"(not JSON, {band(len(value))} bytes)"
    writer = _Writer(hidden, whole)
    try:
        writer.write(tree, "", 0)
    except RecursionError:
        return "(too deep to show)"
    except _Full:
        return "".join(writer.out)[:MAX_CHARS] + "\n… (cut)"
    return "".join(writer.out)


def without_tokens(text: str) -> str:
    """A path with every token as a label: a member's name can be one."""
    return "/".join(_TOKEN.sub("⟦TOKEN⟧", part) for part in text.split("/"))


def summary(entities: Sequence[tuple[str, int]], records: int) -> str:
    """One line of counts, banded."""
    kinds = ", ".join(f"{plain.one_line(kind, 40)}: {band(count)}" for kind, count in entities)
    return f"{band(records)} record(s); {kinds or 'nothing found'}"


def action_text(action: Action) -> str:
    """What a reviewer sees of an action: fixed labels, every argument by name."""
    lines = [
        f"verb: {plain.one_line(action.verb)}",
        f"resource: {plain.one_line(action.resource)}",
        f"destination: {plain.one_line(action.destination)}",
        f"purpose: {plain.one_line(action.purpose, 1000)}",
        f"expected outcome: {plain.one_line(action.expected_outcome, 1000)}",
    ]
    if action.raw:
        lines.append("raw: THE ORIGINALS LEAVE, NOT WHAT THE PREVIEW SHOWS")
    lines.append("arguments:")
    arguments = canonical.loads(action.arguments)
    for name, value in arguments.items():
        lines.append(f"  {plain.one_line(name)} = {plain.one_line(canonical.dumps(value).decode(), 2000)}")
    return "\n".join(lines)


def digest(text: str) -> str:
    """Digest of one preview."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def seen(action: Action, previews: Sequence[str]) -> str:
    """``seen_digest``: over the action's text and the digests of the items' previews, in manifest order."""
    return canonical.digest(["seen.v1", digest(action_text(action)), list(previews)])


class _Number(str):
    """The source text of a number."""


class _Members(list[Any]):
    """Members of an object with duplicates, in order."""


class _Full(Exception):
    """There is no room for more text."""


class _Writer:
    """Writes an indented view; remembers which value got which number."""

    def __init__(self, hidden: Mapping[str, str], whole: Collection[str]) -> None:
        self.hidden, self.whole = hidden, whole
        self.out: list[str] = []
        self._room = MAX_CHARS
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts: dict[str, int] = {}

    def _put(self, text: str) -> None:
        self.out.append(text)
        self._room -= len(text)
        if self._room < 0:
            raise _Full

    def write(self, node: Any, path: str, depth: int) -> None:
        pad = "  " * min(depth, 40)
        if isinstance(node, _Members):
            self._block(
                "{", "}", [(f"{self._text(str(k))}: ", v, f"{path}/{_escape(str(k))}") for k, v in node], pad, depth
            )
        elif isinstance(node, list):
            self._block("[", "]", [("", v, f"{path}/{i}") for i, v in enumerate(node)], pad, depth)
        elif path in self.hidden:
            self._put(self._leaf(str(node), path))
        elif isinstance(node, _Number):
            self._put(str(node)[:80])
        elif isinstance(node, str):
            self._put(self._text(node))
        else:
            self._put(json.dumps(node))

    def _block(self, start: str, end: str, rows: list[tuple[str, Any, str]], pad: str, depth: int) -> None:
        if not rows:
            self._put(start + end)
            return
        self._put(start)
        for label, node, path in rows:
            self._put(f"\n{pad}  {label}")
            self.write(node, path, depth + 1)
        self._put(f"\n{pad}{end}")

    def _leaf(self, value: str, path: str) -> str:
        """A leaf with a hidden output: only its tokens where it has nothing else to hide, else all of it."""
        entity = self.hidden[path]
        if path not in self.whole and not _TOKEN.fullmatch(value) and _TOKEN.search(value):
            return self._text(value, entity)
        return self._sign(entity, value)

    def _text(self, value: str, entity: str = "TOKEN") -> str:
        shown = _TOKEN.sub(lambda found: self._sign(entity, found[0]), value.replace("⟦", "[").replace("⟧", "]"))
        marks = plain.flags(value)
        quoted = json.dumps(plain.clean(shown, MAX_STRING), ensure_ascii=False)
        return quoted + (f" ⚠ {', '.join(marks)}" if marks else "")

    def _sign(self, entity: str, value: str) -> str:
        key = (entity, value)
        if key not in self._numbers:
            self._counts[entity] = self._counts.get(entity, 0) + 1
            self._numbers[key] = self._counts[entity]
        return f"⟦{plain.one_line(entity, 40)}#{self._numbers[key]}⟧"


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
