"""The pure step: a record and a policy in; masked, held or quarantined out.

Whatever goes wrong with one record quarantines that record: no branch lets an unknown case pass.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from maskgate.document import Node, decode, escape, pointer_part
from maskgate.errors import MaskgateError, RecordError
from maskgate.masking.base import Action, CannotMask
from maskgate.masking.drop import Drop
from maskgate.masking.fast import LONGEST, REMEMBERED, Done, Key, Miss, mask_plain
from maskgate.masking.foreign import foreign_tokens, opener
from maskgate.masking.keyring import Keyring
from maskgate.masking.record import Bound, Forced, RecordMasker, bind
from maskgate.masking.redact import Redact
from maskgate.masking.replace import Replace
from maskgate.masking.valuemac import value_mac
from maskgate.policy.compiled import CompiledPolicy, FlatRule, View
from maskgate.policy.exports import Exporter, select
from maskgate.policy.model import Rule
from maskgate.records import FieldUse, Header, Held, Masked, Outcome, Quarantined, Record
from maskgate_detectors import Finding, Scan

_K = TypeVar("_K")
_V = TypeVar("_V")
_PLANS = 100_000
_AUX = 20_000
OWN_HEADERS = "maskgate."


class Detects(Protocol):
    """What the masker needs of an engine."""

    def batch(self, records: Sequence[bytes]) -> list[Scan]:
        """One scan per record, in order."""

    def scan_text(self, text: str, key: str | None = None) -> list[Finding]:
        """Findings in a text that is not JSON."""


class _Lens:
    """A view of the policy with the operators bound: finding → what is done."""

    def __init__(self, view: View, keyring: Keyring, stricter: _Lens | None = None) -> None:
        self.view = view
        self._keyring = keyring
        self._general = stricter
        self._plans: dict[tuple[str, str, float, str], Bound] = {}
        self._conditional: dict[tuple[str, str, float, str], list[FlatRule]] = {}
        self._bound: dict[tuple[int, str], Bound] = {}
        self.memo: dict[Key, Done] = {}
        self.always = [*view.always, *(stricter.view.always if stricter else ())]

    def misses(self, prefix: str, record: Record, mac: Callable[[str, str], str]) -> Miss:
        """What is done with a plain value that is not remembered; None: that takes the long way."""

        def miss(finding: Finding, text: bytes) -> Done | None:
            path = prefix + finding.path
            bound = self.plan(path, finding, record)
            if bound.drop or bound.operator == "date_shift":  # that one asks whose record it is
                return None
            value = text.decode("ascii")
            try:
                new = (bound.mask if finding.kind == "string" else bound.number)(value, "")
            except CannotMask:
                return None
            use = FieldUse(
                path, finding.entity, bound.operator, finding.detector, finding.score, 1, mac(finding.entity, value)
            )
            data = None if new == value else escape(new) if finding.kind == "string" else new.encode()
            done = (data, use)
            known = (path, finding.entity, finding.score, finding.detector) in self._plans
            if known and bound.operator != "encrypt" and not prefix and len(text) <= LONGEST:
                if len(self.memo) >= REMEMBERED:
                    self.memo.clear()
                self.memo[(path, finding.entity, finding.score, finding.detector, finding.kind, text)] = done
            return done

        return miss

    def at(self, prefix: str, record: Record) -> _Chooser:
        """The decisions for one document of a record."""
        return _Chooser(self, prefix, record)

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
            if flat.rule.when is not None:
                from maskgate.policy.conditions import rule_condition

                if not rule_condition(flat.rule.when, record, finding):
                    continue
            return self.bound(flat.order, flat.id, flat.rule.action, finding.entity, flat.where)
        default = self.view.default
        return self.bound(-1, default.rule_id, default.action, finding.entity, default.where)

    def forcing(self, path: str) -> FlatRule | None:
        """The first `always` rule for this path."""
        orders = self.view.at_path(path)
        found = next((r for r in self.view.always if r.order in orders), None)
        return found or (self._general.forcing(path) if self._general else None)

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


class _Chooser:
    """The decisions for one document: its path prefix (`#key`, `#header/NAME`) goes before the pointers."""

    __slots__ = ("lens", "prefix", "record")

    def __init__(self, lens: _Lens, prefix: str, record: Record) -> None:
        self.lens = lens
        self.prefix = prefix
        self.record = record

    def __call__(self, finding: Finding) -> Bound:
        return self.lens.plan(self.prefix + finding.path if self.prefix else finding.path, finding, self.record)


class Masker:
    """Masks batches of records under one policy with one keyring."""

    def __init__(
        self, policy: CompiledPolicy, keyring: Keyring, engine: Detects, *, trust_foreign_tokens: bool = False
    ) -> None:
        self.policy = policy
        self._opens = opener(keyring, trust_foreign_tokens)
        self._keyring = keyring
        self._engine = engine
        self._mac = value_mac(keyring)
        self._exporter = Exporter(policy)
        self._lenses: dict[tuple[int, str], _Lens] = {}
        self._topics: dict[str, _Lens] = {}
        self._plain = not policy.conditions  # no rule looks at headers: the topic alone decides
        self._aux_scans: dict[bytes, Scan] = {}
        self._texts: dict[str, str] = {}
        self._trace: list[Bound | None] | None = None
        actions = bind_all(policy, keyring)
        subjects = next((p.policy.subject for p in policy.chain if p.policy.subject), ())
        self._subject_of: tuple[Record | None, str] = (None, "")
        self._subject_paths: tuple[str, ...] = subjects if any(a.name == "date_shift" for a in actions) else ()

    def batch(self, records: Sequence[Record]) -> list[Outcome]:
        """One outcome per record, in order; never raises for a record."""
        values = [r.value for r in records if r.value is not None]
        wrapped = self._aux(records)
        scans = self._engine.batch(values + wrapped)
        for document, scan in zip(wrapped, scans[len(values) :], strict=True):
            self._aux_scans[document] = scan
        own = iter(scans)
        return [self._outcome(r, next(own) if r.value is not None else None) for r in records]

    def mask_text(self, text: str) -> str:
        """Free text with every finding as its label, for reasons, purposes and notices."""
        known = self._texts.get(text)
        if known is not None:
            return known
        out, at = [], 0
        for finding in sorted(self._engine.scan_text(text), key=lambda f: (f.start, -f.end)):
            start, end = (0, len(text)) if finding.where == "whole" else (finding.start, finding.end)
            if start >= at:
                out += [text[at:start], f"<{finding.entity}>"]
            at = max(at, end)
        masked = "".join(out) + text[at:]
        if len(self._texts) >= 1_000:
            self._texts.clear()
        self._texts[text] = masked
        return masked

    # -- record key and headers: scanned in the same batch as the values -------------------------------------------

    def _aux(self, records: Sequence[Record]) -> list[bytes]:
        """Documents that stand for keys and headers which were not scanned yet."""
        if len(self._aux_scans) > _AUX:
            self._aux_scans.clear()
        wanted: dict[bytes, None] = {}
        for record in records:
            if record.key:
                document = _key_document(record.key)
                if document is not None and document not in self._aux_scans:
                    wanted[document] = None
            for name, value in record.headers:
                document = _header_document(name, value)
                if document is not None and document not in self._aux_scans:
                    wanted[document] = None
        return list(wanted)

    def _key(self, record: Record, lens: _Lens) -> tuple[bytes | None, list[FieldUse]]:
        key = record.key
        if not key:
            return key, []
        document = _key_document(key)
        if document is None:
            self._note()
            return self._binary_key(key), [FieldUse("#key", "BINARY", "hash", "policy", 1.0, 1, "")]
        masked, uses = self._document(document, self._aux_scans[document], lens, record, "#key")
        if not uses or masked == document:
            return key, uses
        choice = self.policy.keys.mask
        if choice == "refuse":
            raise RecordError("personal_data_in_key", "the policy refuses record keys that hold personal data")
        if choice == "keep":
            return key, [replace(use, operator="keep") for use in uses]
        if document is key:
            return masked, uses
        return decode(masked[1:-1]).encode("utf-8", "surrogatepass"), uses

    def _binary_key(self, key: bytes) -> bytes:
        choice = self.policy.keys.binary
        if choice == "refuse":
            raise RecordError("binary_key", "the policy refuses record keys that are not UTF-8")
        if choice == "keep":
            return key
        from hashlib import blake2b

        secret = self._keyring.key("mask").derive("binary-key", 32)
        return blake2b(key, key=secret, digest_size=16).hexdigest().encode()

    def _headers(self, record: Record, lens: _Lens) -> tuple[tuple[Header, ...], list[FieldUse]]:
        """Masked headers without our own, which say something about the input and not about the output."""
        out: list[Header] = []
        all_uses: list[FieldUse] = []
        for name, value in record.headers:
            if name.startswith(OWN_HEADERS):
                continue
            document = _header_document(name, value)
            if document is None:
                if value:  # not UTF-8: nobody can look into it
                    self._note()
                    all_uses.append(FieldUse(f"#header/{pointer_part(name)}", "BINARY", "redact", "policy", 1.0, 1, ""))
                    out.append((name, b""))
                else:
                    out.append((name, value))
                continue
            masked, uses = self._document(document, self._aux_scans[document], lens, record, "#header")
            if masked == document:
                out.append((name, value))
            else:
                tree = json.loads(masked)
                out.extend((n, None if v is None else str(v).encode()) for n, v in tree.items())
            all_uses += uses
        return tuple(out), all_uses

    def _note(self) -> None:
        if self._trace is not None:
            self._trace.append(None)

    # -- one record ------------------------------------------------------------------------------------------------

    def _outcome(self, record: Record, scan: Scan | None) -> Outcome:
        try:
            return self._decide(record, scan)
        except RecordError as error:
            return Quarantined(error.code, error.detail)
        except MaskgateError as error:
            return Quarantined("mask_failed", type(error).__name__)
        except Exception as error:  # fail closed: a message could hold a value, a type cannot
            return Quarantined("mask_failed", type(error).__name__)

    def _decide(self, record: Record, scan: Scan | None) -> Outcome:
        if scan is not None and scan.error:
            return Quarantined(scan.error, scan.detail)
        export = self._exporter.decide(record, scan) if scan is not None else None
        lens = self._lens(record, export.destination if export else "")
        uses: list[FieldUse] = []
        value = record.value
        if value is not None and scan is not None:
            value, uses = self._document(value, scan, lens, record, "")
        key, headers = record.key, record.headers
        if key:
            key, key_uses = self._key(record, lens)
            uses = uses + key_uses
        if headers:
            headers, header_uses = self._headers(record, lens)
            uses = uses + header_uses
        if export is not None and value is not None:
            described = export.as_json()
            described["purpose"] = self.mask_text(export.purpose)
            described["declared"] = {k: self.mask_text(v) for k, v in export.declared.items()}
            return Held(value, key, headers, tuple(uses), described)
        changed = value != record.value or key != record.key or headers != record.headers
        return Masked(value, key, headers, tuple(uses), changed)

    def _lens(self, record: Record, destination: str) -> _Lens:
        if not destination and self._plain:
            known = self._topics.get(record.topic)
            if known is not None:
                return known
        view = self.policy.view(record.topic, record.headers)
        lens = self._lenses.get((id(view), ""))
        if lens is None:
            if len(self._lenses) > 2_000:
                self._lenses.clear()
            lens = self._lenses[(id(view), "")] = _Lens(view, self._keyring)
        if self._plain:
            if len(self._topics) > 2_000:
                self._topics.clear()
            self._topics[record.topic] = lens
        if not destination:
            return lens
        special = self.policy.view(record.topic, record.headers, destination)
        key = (id(special), destination)
        if key not in self._lenses:
            self._lenses[key] = _Lens(special, self._keyring, lens)
        return self._lenses[key]

    def _document(
        self, raw: bytes, scan: Scan, lens: _Lens, record: Record, prefix: str
    ) -> tuple[bytes, list[FieldUse]]:
        if scan.error:
            raise RecordError(scan.error, f"in {prefix or 'the value'}")
        always = lens.always
        findings = foreign_tokens(raw, scan.findings, self._opens) if b"mg1" in raw else scan.findings
        if not findings and not always:
            return raw, []
        if not always and self._trace is None:
            quick = mask_plain(raw, findings, lens.memo, lens.misses(prefix, record, self._mac))
            if quick is not None:
                return quick
        subject = self._subject(record) if self._subject_paths else ""
        masker = RecordMasker(raw, lens.at(prefix, record), self._mac, subject, prefix)
        if always:
            forced = forced_values(masker.tree, always, lens, prefix)
            masked = masker.mask(_outside(findings, masker.tree, forced), forced)
        else:
            masked = masker.mask(findings)
        if self._trace is not None:
            self._trace += masker.bounds
        return masked, masker.uses

    def explain(self, record: Record) -> tuple[Outcome, list[Bound | None]]:
        """The outcome, and beside each of its fields the operator with its rule (None: no rule, as for binary keys)."""
        self._trace = []
        try:
            outcome = self.batch([record])[0]
            return outcome, self._trace
        finally:
            self._trace = None

    def _subject(self, record: Record) -> str:
        """Whose record this is, as the policy's `subject` pointers say; else the record key."""
        if self._subject_of[0] is not record:
            self._subject_of = (record, self._read_subject(record))
        return self._subject_of[1]

    def _read_subject(self, record: Record) -> str:
        tree = json.loads(record.value or b"null")
        for pointer in self._subject_paths:
            for found in select(tree, pointer):
                if isinstance(found, (str, int, float)) and not isinstance(found, bool):
                    return str(found)
        return (record.key or b"").decode("utf-8", "replace")


def bind_all(policy: CompiledPolicy, keyring: Keyring) -> list[Action]:
    """Every action of the policy, bound once: a missing or retired key is found before the first record.

    Raises:
        KeyringError: an operator needs a key that the keyring does not have.
    """
    actions: list[Action] = [flat.rule.action for flat in policy.rules]
    actions += [part.policy.default for part in policy.chain if part.policy.default is not None]
    actions += [t.default for part in policy.chain for t in part.policy.topics.values() if t.default is not None]
    for destination in policy.exports.destinations.values():
        actions += [rule.action for rule in destination.masking]
        actions += [destination.default] if destination.default is not None else []
    for action in actions:
        action.bind("PERSON", keyring)
        action.bind_number("PERSON", keyring)
    return actions


def forced_values(tree: Sequence[Node], always: Sequence[FlatRule], lens: _Lens, prefix: str) -> list[Forced]:
    """Values under the path of an `always` rule, unless an earlier rule keeps them."""
    out: list[Forced] = []
    inherited: list[FlatRule | None] = []
    for i, node in enumerate(tree):
        rule = lens.forcing(prefix + node.path) or (inherited[node.parent] if node.parent >= 0 else None)
        kept = rule is not None and lens.kept_before(prefix + node.path, rule)
        inherited.append(rule)
        if rule is None or kept:
            continue
        box = node.kind in ("object", "array")
        whole_box = isinstance(rule.rule.action, (Drop, Redact, Replace))
        if box and not whole_box:
            continue
        if node.parent >= 0 and inherited[node.parent] is not None and whole_box and not kept:
            above = inherited[node.parent]
            if above is rule and not lens.kept_before(prefix + tree[node.parent].path, rule):
                continue  # its container is masked as a whole
        entity = next((e for e in rule.rule.entity if "*" not in e), "CUSTOM")
        out.append(Forced(i, entity, lens.bound(rule.order, rule.id, rule.rule.action, entity, rule.where)))
    return out


def _outside(findings: Sequence[Finding], tree: Sequence[Node], forced: Sequence[Forced]) -> list[Finding]:
    """Findings that no forced value covers."""
    spans = sorted((tree[f.node].start, tree[f.node].end) for f in forced)
    starts = [s for s, _ in spans]
    out = []
    for finding in findings:
        place = bisect_right(starts, finding.leaf_start) - 1
        if place < 0 or finding.leaf_start >= spans[place][1]:
            out.append(finding)
    return out


def _key_document(key: bytes) -> bytes | None:
    """A JSON document that stands for a record key: the key itself where it is an object or array; None: not UTF-8."""
    try:
        text = key.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if key[:1] in (b"{", b"["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            return key
    return b'"' + escape(text) + b'"'


def _header_document(name: str, value: bytes | None) -> bytes | None:
    """A JSON document that stands for a header, its name as the key; None: nothing to look at, or not UTF-8."""
    if not value or name.startswith(OWN_HEADERS):
        return None
    try:
        return b'{"' + escape(name) + b'":"' + escape(value.decode("utf-8")) + b'"}'
    except UnicodeDecodeError:
        return None
