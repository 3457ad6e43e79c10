"""Which records are held for approval, and what their request says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson

from maskgate.approvals.export_rules import Account, ExportRules, RuleTier, Target
from maskgate.base.errors import RecordError
from maskgate.base.globs import any_matches, matches
from maskgate.base.records import Header, Record
from maskgate.people.principal import parse_principal
from maskgate.policy.compiled import CompiledPolicy, header_holds
from maskgate.policy.conditions import export_condition
from maskgate.policy.levels import RANK
from maskgate.policy.model import ExportRule, Exports, Predicate, When
from maskgate_detectors import Scan

HEADER = "maskgate.export"
RAW_HEADER = "maskgate.raw"
PURPOSE_HEADER = "maskgate.purpose"
OUTCOME_HEADER = "maskgate.expected-outcome"
_MISSING = object()


@dataclass(frozen=True)
class ExportDecision:
    """Why a record is held and where it would go; ``asdict`` of it is ``Held.export``."""

    rule: str
    destination: str
    topic: str
    verb: str
    purpose: str
    tier: str
    quorum: dict[str, Any]
    expires_s: float
    release_ttl_s: float
    wants_raw: bool
    declared: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def _text(headers: Sequence[Header], name: str) -> str | None:
    """The header's text; more than one of the name, or one that is not UTF-8, is refused."""
    values = [value for n, value in headers if n == name]
    if not values:
        return None
    if len(values) > 1 or values[0] is None:
        raise RecordError("bad_export_header", f"{name} must stand once, with a value")
    try:
        return values[0].decode("utf-8").strip()
    except UnicodeDecodeError:
        raise RecordError("bad_export_header", f"{name} is not UTF-8") from None


class Exporter:
    """Decides for each record of a policy."""

    def __init__(self, policy: CompiledPolicy) -> None:
        self._policy = policy
        self._exports = policy.exports
        self.has_rules = bool(self._exports.rules)

    def decide(self, record: Record, scan: Scan) -> ExportDecision | None:
        """The decision, or None: the record is not held.

        Raises:
            RecordError: it asks for a destination that does not exist or raw fields that it may not have; or the
                flagged record has duplicate keys, which two parsers read differently.
        """
        asked: str | None = None
        headers = record.headers
        if headers and self._exports.by_header:
            asked = _text(headers, HEADER)
        if asked is None and not self.has_rules:
            return None
        raw = (_text(headers, RAW_HEADER) or "").lower() in ("true", "1", "yes") if headers else False
        event = _Event(record, scan)
        rule = next((r for r in self._exports.rules if self._holds(r.when, event, asked, raw)), None)
        if rule is None and asked is None:
            return None
        if scan.duplicate_keys:
            raise RecordError("duplicate_keys", "flagged for export, and an object has the same key twice")
        return self._decision(record, rule, asked, raw)

    def asks(self, record: Record, destination: str, purpose: str) -> ExportDecision:
        """The decision for a record that is held for another reason than its own wish or a rule.

        Raises:
            RecordError: the policy has no such destination.
        """
        return replace(self._decision(record, None, destination, False), purpose=purpose)

    def _decision(self, record: Record, rule: ExportRule | None, asked: str | None, raw: bool) -> ExportDecision:
        alias = (rule.destination if rule else None) or asked or "default"
        target = self._exports.destinations.get(alias)
        if target is None:
            raise RecordError("unknown_destination", "the export names a destination that the policy does not have")
        if raw and not target.allow_raw:
            raise RecordError("raw_not_allowed", f"raw fields are not allowed to destination {alias}")
        approvals = self._policy.approvals
        names = [n for n in (rule.tier if rule else None, target.tier) if n and n != "default"]
        tier_name = approvals.highest(*names) if names else (approvals.default_tier or approvals.top)
        tier = approvals.tiers[tier_name]
        expires = rule.expires if rule and rule.expires is not None else tier.expires
        ttl = rule.release_ttl if rule and rule.release_ttl is not None else tier.release_ttl
        declared = {"expected_outcome": _text(record.headers, OUTCOME_HEADER) or ""}
        purpose = _text(record.headers, PURPOSE_HEADER) or (rule.purpose if rule else "")
        return ExportDecision(
            rule.id if rule else "header",
            alias,
            target.topic or f"{record.topic}.released",
            rule.verb if rule else "export",
            purpose,
            tier_name,
            tier.quorum.model_dump(mode="json"),
            min(expires, tier.expires),
            min(ttl, tier.release_ttl),
            raw,
            declared,
        )

    def _holds(self, when: When, event: _Event, asked: str | None, raw: bool) -> bool:
        record, findings = event.record, event.scan.findings
        if not any_matches(when.topic, record.topic):
            return False
        if not all(header_holds(name, value, record.headers) for name, value in when.header.items()):
            return False
        if when.destination and (asked is None or not any_matches(when.destination, asked)):
            return False
        if when.raw is not None and when.raw != raw:
            return False
        if when.entity and not any(any_matches(when.entity, f.entity) for f in findings):
            return False
        if when.level and not any(RANK[self._policy.level(f.entity)] >= RANK[when.level] for f in findings):
            return False
        if when.min_findings and len(findings) < when.min_findings:
            return False
        if when.min_bytes and len(record.value or b"") < when.min_bytes:
            return False
        if not all(event.satisfies(p) for p in when.path):
            return False
        if when.cel:
            return event.unclear or export_condition(when.cel, record, event.tree(), findings)
        return True


def for_the_gate(exports: Exports) -> ExportRules:
    """What the gate judges an open request by again: tiers, destinations, writers and owners, without conditions."""
    return ExportRules(
        by_header=exports.by_header,
        rules=tuple(
            RuleTier(
                id=rule.id,
                tier=_stated(rule.tier),
                topics=tuple(rule.when.topic),
                destination=rule.destination or "",
                raw=rule.when.raw,
                digest=_digest(rule),
            )
            for rule in exports.rules
        ),
        destinations={
            alias: Target(tier=_stated(target.tier), allow_raw=target.allow_raw)
            for alias, target in exports.destinations.items()
        },
        principals={topic: Account(iss=p.iss, sub=p.sub, kind=p.kind) for topic, p in exports.principals.items()},
        owners={
            glob: tuple(Account(iss=p.iss, sub=p.sub) for p in map(parse_principal, names))
            for glob, names in exports.owners.items()
        },
    )


def _digest(rule: ExportRule) -> str:
    """Of everything but the tier, which is judged for itself."""
    said = rule.model_dump(mode="json", exclude={"tier"})
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _stated(tier: str | None) -> str:
    return "" if tier in (None, "default") else str(tier)


class _Event:
    """The record's tree, parsed when a predicate asks for it."""

    def __init__(self, record: Record, scan: Scan) -> None:
        self.record = record
        self.scan = scan
        self.unclear = scan.duplicate_keys  # two parsers may differ: a predicate then holds (fail closed)
        self._tree: Any = _MISSING

    def tree(self) -> Any:
        if self._tree is _MISSING:
            try:
                self._tree = orjson.loads(self.record.value or b"null")
            except orjson.JSONDecodeError:
                self._tree = json.loads(self.record.value or b"null")
        return self._tree

    def satisfies(self, predicate: Predicate) -> bool:
        return self.unclear or satisfies(self.tree(), predicate)


def satisfies(tree: Any, predicate: Predicate, *, every: bool = False) -> bool:
    """Whether some value at the predicate's path fits it (or, with ``exists``, whether one is there).

    With ``every`` there is one, and all of them fit: a list that a caller makes longer passes nothing more.
    """
    found = list(select(tree, predicate.path))
    if predicate.exists is not None and bool(found) != predicate.exists:
        return False
    if predicate.exists is False:
        return True
    fitting = [_fits(value, predicate) for value in found]
    return bool(fitting) and all(fitting) if every else any(fitting)


def _fits(value: Any, predicate: Predicate) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if "equals" in predicate.model_fields_set and not _same(value, predicate.equals):
        return False
    if predicate.any_of is not None and not any(_same(value, v) for v in predicate.any_of):
        return False
    if predicate.at_least is not None and not (number and value >= predicate.at_least):
        return False
    return predicate.at_most is None or (number and value <= predicate.at_most)


def _same(a: Any, b: Any) -> bool:
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def select(tree: Any, glob: str) -> Sequence[Any]:
    """Values at a path glob (``*`` one part, ``**`` any)."""
    parts = [p.replace("~1", "/").replace("~0", "~") for p in glob.split("/")[1:]] if glob else []
    found = [tree]
    for part in parts:
        if part == "**":
            found = [v for start in found for v in _below(start)]
            continue
        found = [v for value in found for v in _children(value, part)]
    return found


def _children(value: Any, part: str) -> Sequence[Any]:
    if isinstance(value, Mapping):
        if "*" not in part:
            return [value[part]] if part in value else []
        return [v for k, v in value.items() if matches(part, k)]
    if isinstance(value, list):
        if part == "*":
            return value
        return [value[int(part)]] if part.isdecimal() and int(part) < len(value) else []
    return []


def _below(value: Any) -> list[Any]:
    out, stack = [], [value]
    while stack:
        item = stack.pop()
        out.append(item)
        if isinstance(item, Mapping):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return out
