"""One document and its findings in, the masked bytes and what was done out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from maskgate.base.document import (
    Edit,
    Node,
    byte_offsets,
    decode,
    drop_edits,
    escape,
    nodes,
    pointer_part,
    splice,
    stand_ins_of,
)
from maskgate.base.errors import RecordError
from maskgate.base.records import STAND_INS, FieldUse
from maskgate.masking.bound import Bound
from maskgate.masking.layers import OPAQUE, WHOLE_RUN, is_bare_number, unwrap, wrap
from maskgate.masking.parts import Part, parts_of
from maskgate.operators.keyed import CannotMask
from maskgate.operators.numbers import fixed_number
from maskgate.operators.redact import Redact
from maskgate_detectors import Finding
from maskgate_detectors.fields.parts import PART

_BAR = "█"
_WHOLE = 1 << 60


class Forced(NamedTuple):
    """A value that a rule masks although nothing was found in it."""

    node: int
    entity: str
    bound: Bound


Choose = Callable[[Finding], Bound]
Mac = Callable[[str, str], str]


class RecordMasker:
    """Masks one document; made for each, because most of what it collects is rarely needed."""

    def __init__(self, raw: bytes, choose: Choose, mac: Mac, subject: str, prefix: str = "") -> None:
        self.raw = raw
        self._choose = choose
        self._mac = mac
        self._subject = subject
        self._prefix = prefix
        self.edits: list[Edit] = []
        self.uses: list[FieldUse] = []
        self._tree: list[Node] | None = None
        self._dropped: set[int] = set()
        self._odd: dict[int, list[tuple[Finding, Bound]]] = {}
        self._keys: dict[int, list[tuple[Finding, Bound]]] = {}
        self._key_stand_ins: dict[tuple[int, str], list[tuple[int, int, str]]] = {}  # in code points of the new key
        self._numbers: set[int] = set()
        self._parts: dict[tuple[int, int], Part] = {}
        self.bounds: list[Bound] = []  # beside each use, for explanations

    def mask(self, findings: Sequence[Finding], forced: Iterable[Forced] = ()) -> bytes:
        """The masked bytes; ``uses`` then says what was done."""
        raw, choose, edits = self.raw, self._choose, self.edits
        leaf, content, plain = -1, b"", False
        if any(finding.detector.endswith(PART) for finding in findings):
            self._parts = parts_of(findings, self._text_of)
        for finding in findings:
            bound = choose(finding)
            _, start, end, _, _, _, where, kind, leaf_start, leaf_end, layers = finding
            if kind != "string" or layers or bound.drop or where != "value":
                self._special(finding, bound)
                continue
            if leaf_start != leaf:
                leaf, content = leaf_start, raw[leaf_start:leaf_end]
                plain = b"\\" not in content and content.isascii()
            if not plain:
                self._odd.setdefault(leaf_start, []).append((finding, bound))
                continue
            text = content[start:end].decode("ascii")
            new, operator = self._apply(bound, text, finding)
            if not new and (start or end < len(content)):
                new = bar(content[max(0, start - 3) : start].decode(), content[end : end + 3].decode())
            if new is not text:
                edits.append(_edit(leaf_start + start, leaf_start + end, escape(new), operator, finding.entity))
            self._use(finding, bound, operator, text)
        for same_leaf in self._odd.values():
            self._odd_leaf(same_leaf)
        for item in forced:
            self._force(item)
        names = self._mask_keys() if self._keys else {}
        if self._dropped:
            edits.extend(drop_edits(self.tree, self._dropped))
        if names:
            self._rename(names)
        return splice(raw, edits) if edits else raw

    @property
    def tree(self) -> list[Node]:
        """All values of the document (parsed when first needed)."""
        if self._tree is None:
            self._tree = nodes(self.raw)
        return self._tree

    @cached_property
    def _leaves(self) -> dict[int, int]:
        """First byte of each scalar → its place in the tree."""
        return {n.start: i for i, n in enumerate(self.tree) if n.kind not in _BOXES}

    @cached_property
    def _members(self) -> dict[int, list[Node]]:
        """Place of each object → its members."""
        out: dict[int, list[Node]] = {}
        for node in self.tree:
            if node.in_object:
                out.setdefault(node.parent, []).append(node)
        return out

    def _text_of(self, finding: Finding) -> str:
        """The value of a finding, without the encodings around it."""
        text = decode(self.raw[finding.leaf_start : finding.leaf_end])
        start, end = self._span(finding, len(text))
        return unwrap(text[start:end], finding.layers)

    def _part(self, bound: Bound, finding: Finding) -> Part | None:
        """The part of a value that the finding is, where the operator asks for the whole value."""
        part = self._parts.get((finding.leaf_start, finding.start)) if self._parts else None
        return None if part is not None and part.kind == "name" and bound.operator != "pseudonym" else part

    def _apply(self, bound: Bound, text: str, finding: Finding | None = None) -> tuple[str, str]:
        part = self._part(bound, finding) if finding is not None else None
        try:
            if part is not None:
                return part.mask(bound, self._subject), bound.operator
            return bound.mask(text, self._subject), bound.operator
        except CannotMask:
            return bound.label, f"{bound.operator}>replace"

    def _use(self, finding: Finding, bound: Bound, operator: str, text: str) -> None:
        self.bounds.append(bound)
        part = self._parts.get((finding.leaf_start, finding.start)) if self._parts else None
        if part is not None and part.kind != "name":
            text = part.whole  # who asks for a card finds it in parts, too, and nobody can try out four digits
        self.uses.append(
            FieldUse(
                self._prefix + finding.path, finding.entity, operator, finding.detector, finding.score, 1,
                self._mac(finding.entity, text),
            )
        )  # fmt: skip

    # -- what is not a plain span of a plain string ----------------------------------------------------------------

    def _special(self, finding: Finding, bound: Bound) -> None:
        if bound.drop == "record":
            raise RecordError("dropped_by_policy", f"rule {bound.rule_id}")
        if finding.where == "key" or finding.kind == "key":
            self._keys.setdefault(finding.leaf_start, []).append((finding, bound))
        elif bound.drop:
            start = finding.leaf_start - (finding.kind == "string")
            self._dropped.add(self._leaves[start])
            text = self.raw[finding.leaf_start : finding.leaf_end]
            self._use(finding, bound, bound.operator, decode(text)[finding.start : finding.end])
        elif finding.kind == "number":
            self._number(finding, bound)
        else:
            self._odd.setdefault(finding.leaf_start, []).append((finding, bound))

    def _number(self, finding: Finding, bound: Bound) -> None:
        """A number is masked as a whole, once, whatever part of it was found."""
        text = self.raw[finding.leaf_start : finding.leaf_end].decode("ascii")
        operator = bound.operator
        if finding.leaf_start not in self._numbers:
            self._numbers.add(finding.leaf_start)
            part = self._part(bound, finding)
            try:
                new = bound.number(text, self._subject) if part is None else part.number(bound, self._subject)
            except CannotMask:
                new, operator = fixed_number(text, ""), f"{operator}>replace"
            if new != text:
                self.edits.append(_edit(finding.leaf_start, finding.leaf_end, new.encode(), operator, finding.entity))
        self._use(finding, bound, operator, text)

    def _odd_leaf(self, same_leaf: list[tuple[Finding, Bound]]) -> None:
        """Findings of one string with escapes, non-ASCII characters or inner encodings."""
        first = same_leaf[0][0]
        content = self.raw[first.leaf_start : first.leaf_end]
        for start, end, data, stand_ins in self._text_edits(content, same_leaf):
            self.edits.append(Edit(first.leaf_start + start, first.leaf_start + end, data, stand_ins))

    def _text_edits(self, content: bytes, same_leaf: list[tuple[Finding, Bound]]) -> list[Edit]:
        """Edits within the content of one JSON string (a value or a key)."""
        text = decode(content)
        spans = sorted(same_leaf, key=lambda item: item[0].start)
        borders = [b for f, _ in spans for b in self._span(f, len(text))]
        flat = byte_offsets(content, borders) if borders == sorted(borders) else None
        edits = []
        for i, (finding, bound) in enumerate(spans):
            start, end = borders[2 * i], borders[2 * i + 1]
            from_byte, to_byte = (
                (flat[2 * i], flat[2 * i + 1]) if flat is not None else byte_offsets(content, [start, end])
            )
            new, operator = self._one_text(finding, bound, text, start, end)
            if new is not None:
                edits.append(_edit(from_byte, to_byte, escape(new), operator, finding.entity))
        return edits

    def _span(self, finding: Finding, size: int) -> tuple[int, int]:
        return (0, size) if finding.where == "whole" else (finding.start, min(finding.end, size))

    def _one_text(self, finding: Finding, bound: Bound, text: str, start: int, end: int) -> tuple[str | None, str]:
        """What stands in the place of the span (None: it stays), and what wrote it."""
        found, layers = text[start:end], finding.layers
        inner = unwrap(found, layers)
        before, after = text[max(0, start - 8) : start], text[end : end + 8]
        if layers and OPAQUE.intersection(layers) and bound.operator not in WHOLE_RUN:
            new, operator = bound.label, f"{bound.operator}>replace"
        elif layers and layers[-1] == "json" and is_bare_number(inner, before, after):
            part = self._part(bound, finding)
            try:
                new = bound.number(inner, self._subject) if part is None else part.number(bound, self._subject)
                operator = bound.operator
            except CannotMask:
                new, operator = fixed_number(inner, ""), f"{bound.operator}>replace"
            layers = layers[:-1]  # it is JSON text already, perhaps with quotes of its own
        else:
            new, operator = self._apply(bound, inner, finding)
        self._use(finding, bound, operator, inner)
        if operator == "keep":
            return None, operator
        new = wrap(new, layers)
        return (bar(before[-3:], after[:3]) if not new and (start or end < len(text)) else new), operator

    # -- whole values that a rule names ----------------------------------------------------------------------------

    def _force(self, item: Forced) -> None:
        node, bound = self.tree[item.node], item.bound
        if bound.drop == "record":
            raise RecordError("dropped_by_policy", f"rule {bound.rule_id}")
        text = self.raw[node.start : node.end]
        found = decode(text[1:-1]) if node.kind == "string" else text.decode()
        finding = Finding(node.path, 0, len(found), item.entity, 1.0, "policy", "value", "string", 0, 0)
        operator = bound.operator
        if bound.drop:
            self._dropped.add(item.node)
        elif node.kind == "string":
            new, operator = self._apply(bound, found)
            self.edits.append(_edit(node.start, node.end, b'"' + escape(new) + b'"', operator, item.entity))
        elif node.kind == "number":
            try:
                new = bound.number(found, self._subject)
            except CannotMask:
                new, operator = fixed_number(found, ""), f"{operator}>replace"
            self.edits.append(_edit(node.start, node.end, new.encode(), operator, item.entity))
        elif bound.operator == "keep":
            return
        elif node.kind in _BOXES or isinstance(bound.action, Redact):
            self.edits.append(Edit(node.start, node.end, b"null"))
            operator = "redact"
        else:
            return  # true, false and null change only by redact or drop
        self._use(finding, bound, operator, "" if node.kind in _BOXES else found)

    # -- keys ------------------------------------------------------------------------------------------------------

    def _mask_keys(self) -> dict[str, str]:
        """Masked keys without collisions; the path of each masked member → its new last part."""
        owners = {n.key_start: i for i, n in enumerate(self.tree) if n.in_object}
        families: dict[int, dict[str, str]] = {}
        renamed: dict[str, str] = {}
        for key_start, found in self._keys.items():
            if key_start not in owners:
                raise RecordError("mask_failed", "a finding in a key that is not there")
            index = owners[key_start]
            if any(bound.drop for _, bound in found):
                self._dropped.add(index)
                renamed[self.tree[index].path] = pointer_part(found[0][1].label)  # the key is personal data itself
                self._use(*found[0], "drop", decode(self.raw[key_start : self.tree[index].key_end]))
                continue
            content = self.raw[key_start : self.tree[index].key_end]
            edits = self._text_edits(content, found)
            spliced = splice(content, edits)
            new, parent = decode(spliced), self.tree[index].parent
            families.setdefault(parent, {})[decode(content)] = new
            self._key_stand_ins[parent, decode(content)] = [
                (len(decode(spliced[:first])), len(decode(spliced[:last])), entity)
                for first, last, entity in stand_ins_of(edits)
            ]
        for parent, wanted in families.items():
            renamed |= self._settle(parent, wanted)
        return renamed

    def _settle(self, parent: int, wanted: dict[str, str]) -> dict[str, str]:
        """Distinct keys stay distinct: a second one that masks to the same text gets ``_2``, ``_3`` …"""
        members = self._members[parent]
        names = [decode(self.raw[n.key_start : n.key_end]) for n in members]
        taken = {name for name in names if name not in wanted}
        final: dict[str, str] = {}
        following: dict[str, int] = {}  # number to try next, so that many equal keys take linear time
        for old in dict.fromkeys(names):
            if old not in wanted:
                continue
            new, count = wanted[old], following.get(wanted[old], 2)
            while new in taken:
                new, count = f"{wanted[old]}_{count}", count + 1
            following[wanted[old]] = count
            taken.add(new)
            final[old] = new
        renamed = {}
        for node, old in zip(members, names, strict=True):
            if old in final:
                if final[old] != old:
                    inner = _in_bytes(final[old], self._key_stand_ins.get((parent, old), ()))
                    self.edits.append(Edit(node.key_start, node.key_end, escape(final[old]), inner))
                renamed[node.path] = pointer_part(final[old])
        return renamed

    def _rename(self, names: dict[str, str]) -> None:
        """Paths as they are in the masked document."""
        after: dict[str, str] = {}
        fresh: list[str] = []
        for node in self.tree:
            if node.parent < 0:
                fresh.append("")
            else:
                part = names[node.path] if node.path in names else node.path.rpartition("/")[2]
                fresh.append(f"{fresh[node.parent]}/{part}")
            after.setdefault(node.path, fresh[-1])
        skip = len(self._prefix)
        self.uses = [
            FieldUse(
                self._prefix + after.get(u.path[skip:], ""), u.entity, u.operator, u.detector, u.score, u.count,
                u.value_mac,
            )
            for u in self.uses
        ]  # fmt: skip


_BOXES = ("object", "array")


def _edit(start: int, end: int, data: bytes, operator: str, entity: str) -> Edit:
    """An edit that remembers that all of it is a stand-in, where it is."""
    return Edit(start, end, data, ((0, len(data), entity),) if operator in STAND_INS and data else ())


def _in_bytes(text: str, spans: Sequence[tuple[int, int, str]]) -> tuple[tuple[int, int, str], ...]:
    """Spans in code points of a text as spans in the bytes of its JSON spelling."""
    whole = escape(text)
    out = []
    for first, last, entity in spans:
        start, end = len(escape(text[:first])), len(escape(text[:last]))
        if not whole.startswith(escape(text[:last])):
            raise RecordError("mask_failed", "a masked key whose spelling depends on what follows")
        out.append((start, end, entity))
    return tuple(out)


def bar(before: str, after: str) -> str:
    """What keeps two remainders from fusing into a new value: ``█`` where they would touch, else nothing."""
    touching = before[-1:].strip() and after[:1].strip()
    digits = any(c.isdigit() for c in before) and any(c.isdigit() for c in after)
    return _BAR if touching or digits else ""
