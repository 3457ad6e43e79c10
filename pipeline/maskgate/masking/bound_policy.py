"""The policy seen from one topic: for each finding the operator, bound to its keys, and what was done before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import TypeVar

from maskgate.base.document import Node, escape
from maskgate.base.records import FieldUse, Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.bound import Bound, bind
from maskgate.masking.fast import LONGEST, REMEMBERED, Done, Key, Miss
from maskgate.masking.parts import parts_of
from maskgate.masking.record import Forced
from maskgate.masking.record_keys import KeyChoice
from maskgate.operators.base import Action
from maskgate.operators.drop import Drop
from maskgate.operators.keyed import CannotMask
from maskgate.operators.redact import Redact
from maskgate.operators.replace import Replace
from maskgate.policy.compiled import FlatRule, View
from maskgate.policy.conditions import rule_condition
from maskgate.policy.model import Rule
from maskgate_detectors import Finding
from maskgate_detectors.fields.parts import MOST_PARTS, NAME_PART, PART

_K = TypeVar("_K")
_V = TypeVar("_V")
_PLANS = 100_000


class Lens:
    """A view of the policy with the operators bound: finding → what is done."""

    def __init__(self, view: View, keyring: Keyring, stricter: Lens | None = None) -> None:
        self.view = view
        self._keyring = keyring
        self._general = stricter
        self._plans: dict[tuple[str, str, float, str], Bound] = {}
        self._conditional: dict[tuple[str, str, float, str], list[FlatRule]] = {}
        self._bound: dict[tuple[int, str], Bound] = {}
        self.memo: dict[Key, Done] = {}
        self._names: dict[tuple[object, ...], Done] = {}
        self._people: tuple[Sequence[Finding], dict[str, list[Finding]]] = ((), {})
        self.for_keys = KeyChoice(view, keyring)
        self.always = [*view.always, *(stricter.view.always if stricter else ())]

    def misses(self, prefix: str, record: Record, mac: Callable[[str, str], str]) -> Miss:
        """What is done with a plain value that is not remembered; None: that takes the long way."""

        plans, memo, choose = self._plans, self.memo, self.plan

        def miss(finding: Finding, key: Key, findings: Sequence[Finding], raw: bytes) -> Done | None:
            path, entity, score, detector, kind, text = key
            if prefix:
                path = prefix + path
            place = (path, entity, score, detector)
            bound = plans.get(place) or choose(path, finding, record)
            if bound.drop or bound.operator == "date_shift":  # that one asks whose record it is
                return None
            if detector.endswith(PART):
                if detector != NAME_PART:
                    return None  # the whole value is asked for
                if bound.operator == "pseudonym":
                    return self._named(finding, path, bound, findings, raw, mac)
            value = text.decode("ascii")
            data: bytes | None
            if kind == "string":
                if bound.constant is not None:
                    data = bound.constant
                else:
                    try:
                        new = bound.mask(value, "")
                    except CannotMask:
                        return None
                    data = None if new == value else escape(new)
            else:
                try:
                    new = bound.number(value, "")
                except CannotMask:
                    return None
                data = None if new == value else new.encode()
            done = (data, FieldUse(path, entity, bound.operator, detector, score, 1, mac(entity, value)))
            if not prefix and len(text) <= LONGEST and bound.operator != "encrypt" and place in plans:
                if len(memo) >= REMEMBERED:
                    memo.clear()
                memo[key] = done
            return done

        return miss

    def _named(
        self, finding: Finding, path: str, bound: Bound, findings: Sequence[Finding], raw: bytes,
        mac: Callable[[str, str], str],
    ) -> Done | None:  # fmt: skip
        """A part of a name gets its part of the whole name's stand-in."""
        if self._people[0] is not findings:  # once for a document: it may hold thousands of people
            people: dict[str, list[Finding]] = {}
            for other in findings:
                if other.detector == NAME_PART:
                    people.setdefault(other.subject, []).append(other)
            self._people = (findings, people)
        same = self._people[1].get(finding.subject, [finding])
        texts = [raw[f.leaf_start : f.leaf_end] for f in same[: MOST_PARTS + 1]]
        key = (path, finding.score, id(bound.action), *texts, *[f.path for f in same[: MOST_PARTS + 1]])
        done = self._names.get(key)
        if done is None:
            if len(same) > MOST_PARTS:
                return None
            for other, text in zip(same, texts, strict=True):
                plain = other.where == "value" and not other.layers and b"\\" not in text and text.isascii()
                if not plain or other.start or other.end != len(text) or len(text) > LONGEST:
                    return None
            part = parts_of(same, lambda f: raw[f.leaf_start : f.leaf_end].decode("ascii")).get((finding.leaf_start, 0))
            value = raw[finding.leaf_start : finding.leaf_end].decode("ascii")
            try:
                new = bound.mask(value, "") if part is None else part.mask(bound, "")
            except CannotMask:
                return None
            use = FieldUse(
                path, finding.entity, bound.operator, NAME_PART, finding.score, 1, mac(finding.entity, value)
            )
            done = _room(self._names)[key] = (escape(new), use)
        return done

    def at(self, prefix: str, record: Record) -> Chooser:
        """The decisions for one document of a record."""
        return Chooser(self, prefix, record)

    def plan(self, path: str, finding: Finding, record: Record) -> Bound:
        """What is done with this finding."""
        key = (path, finding.entity, finding.score, finding.detector)
        found = self._plans.get(key)
        if found is not None:
            return found
        candidates = self._conditional.get(key)
        if candidates is None:
            candidates = self.view.candidates(*key)
        bound = self._first(candidates, finding, record)
        lasting = all(c.rule.when is None for c in candidates)
        if self._general is not None:  # a destination's rules may only be stricter
            general = self._general.plan(path, finding, record)
            bound = bound if bound.action.strictness > general.action.strictness else general
            lasting = lasting and key in self._general._plans
        if lasting:
            _room(self._plans)[key] = bound
        else:
            _room(self._conditional)[key] = candidates
        return bound

    def _first(self, candidates: list[FlatRule], finding: Finding, record: Record) -> Bound:
        for flat in candidates:
            if flat.rule.when is not None and not rule_condition(flat.rule.when, record, finding):
                continue
            return self.bound(flat.order, flat.id, flat.rule.action, finding.entity, flat.where)
        default = self.view.default
        return self.bound(-1, default.rule_id, default.action, finding.entity, default.where)

    def forcing(self, path: str) -> tuple[Lens, FlatRule] | None:
        """The first `always` rule for this path, with the lens that has it; a destination's comes first."""
        orders = self.view.at_path(path)
        found = next((r for r in self.view.always if r.order in orders), None)
        if found is not None:
            return self, found
        return self._general.forcing(path) if self._general else None

    def kept_before(self, path: str, rule: FlatRule) -> bool:
        """Whether an earlier rule without conditions keeps what is at this path."""
        orders = self.view.at_path(path)
        return any(
            r.order < rule.order and r.order in orders and r.rule.action.name == "keep" and _unconditional(r.rule)
            for r in self.view.rules
        )

    def bound(self, order: int, rule_id: str, action: Action, entity: str, where: str) -> Bound:
        """The bound operator of a rule for an entity."""
        found = self._bound.get((order, entity))
        if found is None:
            found = _room(self._bound)[(order, entity)] = bind(rule_id, action, entity, self._keyring, where)
        return found


def _unconditional(rule: Rule) -> bool:
    return not (rule.entity or rule.detector or rule.level or rule.score or rule.when)


def _room(cache: dict[_K, _V]) -> dict[_K, _V]:
    """The cache with room for one more: paths come from the records, so their number has no bound of its own."""
    if len(cache) >= _PLANS:
        cache.clear()
    return cache


class Chooser:
    """The decisions for one document: its path prefix (`#key`, `#header/NAME`) goes before the pointers."""

    __slots__ = ("lens", "prefix", "record")

    def __init__(self, lens: Lens, prefix: str, record: Record) -> None:
        self.lens = lens
        self.prefix = prefix
        self.record = record

    def __call__(self, finding: Finding) -> Bound:
        return self.lens.plan(self.prefix + finding.path if self.prefix else finding.path, finding, self.record)


def forced_values(
    tree: Sequence[Node], lens: Lens, prefix: str, findings: Sequence[Finding], record: Record
) -> list[Forced]:
    """Values under the path of an `always` rule, unless an earlier rule keeps them.

    Where something was found inside such a value and its own action is stricter, that action takes the whole value.
    """
    rules: list[tuple[Lens, FlatRule] | None] = []
    kept: list[bool] = []
    for node in tree:
        above = node.parent
        rule = lens.forcing(prefix + node.path) or (rules[above] if above >= 0 else None)
        rules.append(rule)
        own = rule is not None and rule[0].kept_before(prefix + node.path, rule[1])
        kept.append(own or (above >= 0 and kept[above] and rules[above] == rule))
    spares = list(kept)  # whether something in the container is kept
    for i in range(len(tree) - 1, 0, -1):
        spares[tree[i].parent] = spares[tree[i].parent] or spares[i]
    places = sorted(findings, key=lambda f: f.leaf_start)
    starts = [f.leaf_start for f in places]
    out: list[Forced] = []
    end = -1
    for i, node in enumerate(tree):
        rule = rules[i]
        if rule is None or kept[i] or node.start < end:
            continue
        if node.kind in ("object", "array"):
            if spares[i] or not isinstance(rule[1].rule.action, (Drop, Redact, Replace)):
                continue
            end = node.end
        inside = places[bisect_left(starts, node.member) : bisect_left(starts, node.end)]
        out.append(_forced(i, rule, lens, prefix, inside, record))
    return out


def _forced(
    index: int, rule: tuple[Lens, FlatRule], lens: Lens, prefix: str, inside: Sequence[Finding], record: Record
) -> Forced:
    owner, flat = rule
    entity = next((e for e in flat.rule.entity if "*" not in e), "CUSTOM")
    best = Forced(index, entity, owner.bound(flat.order, flat.id, flat.rule.action, entity, flat.where))
    for finding in inside:
        bound = lens.plan(prefix + finding.path, finding, record)
        if finding.where != "key" and bound.action.strictness > best.bound.action.strictness:
            best = Forced(index, finding.entity, bound)
    return best


def outside(findings: Sequence[Finding], tree: Sequence[Node], forced: Sequence[Forced]) -> list[Finding]:
    """Findings that no forced value covers."""
    spans = sorted((tree[f.node].start, tree[f.node].end) for f in forced)
    starts = [s for s, _ in spans]
    out = []
    for finding in findings:
        place = bisect_right(starts, finding.leaf_start) - 1
        if place < 0 or finding.leaf_start >= spans[place][1]:
            out.append(finding)
    return out
