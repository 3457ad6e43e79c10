"""The pure step: a record and a policy in; masked, held or quarantined out.

Whatever goes wrong with one record quarantines that record: no branch lets an unknown case pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Protocol

from maskgate.base.document import decode, pointer_part, stand_ins_of
from maskgate.base.errors import MaskgateError, RecordError
from maskgate.base.records import STAND_INS, FieldUse, Header, Held, Masked, Outcome, Quarantined, Record, StandIn
from maskgate.crypto.keyring import Keyring
from maskgate.masking import stand_ins
from maskgate.masking.bound import Bound
from maskgate.masking.bound_policy import Lens, forced_values, outside
from maskgate.masking.drift import DriftGate
from maskgate.masking.fast import mask_plain
from maskgate.masking.foreign import foreign_tokens, may_hold, opener
from maskgate.masking.keys_and_headers import OWN_HEADERS, Around, header_document, key_document
from maskgate.masking.record import RecordMasker
from maskgate.masking.spread import apart, choosing, spread
from maskgate.masking.valuemac import value_mac
from maskgate.operators.base import Action
from maskgate.policy.compiled import CompiledPolicy
from maskgate.policy.exports import ExportDecision, Exporter, select
from maskgate_detectors import Finding, Scan

_WITHHELD = "<WITHHELD>"


class Detects(Protocol):
    """What the masker needs of an engine."""

    def batch(self, records: Sequence[bytes], language: str | None = None) -> list[Scan]:
        """One scan per record, in order."""

    def scan_text(self, text: str, key: str | None = None) -> list[Finding]:
        """Findings in a text that is not JSON."""


class Masker:
    """Masks batches of records under one policy with one keyring."""

    def __init__(
        self, policy: CompiledPolicy, keyring: Keyring, engine: Detects, drift: DriftGate | None = None
    ) -> None:
        self.policy, self._drift = policy, drift
        self._opens = opener(keyring)
        self._keyring = keyring
        self._engine = engine
        self._mac = value_mac(keyring)
        self._exporter = Exporter(policy)
        self._lenses: dict[tuple[int, str], Lens] = {}
        self._topics: dict[str, Lens] = {}
        self._plain = not policy.conditions  # no rule looks at headers: the topic alone decides
        self._around = Around(detects_nothing(engine))
        self._never_held = not self._exporter.has_rules
        self._texts: dict[str, str] = {}
        self._languages: dict[str, str] = {}
        self._trace: list[Bound | None] | None = None
        self._written: list[StandIn] | None = None  # of a record that is held: where stand-ins were written
        self._spans: stand_ins.Spans = ()  # of the document that was masked last
        actions = bind_all(policy, keyring)
        subjects = next((p.policy.subject for p in policy.chain if p.policy.subject), ())
        self._subject_of: tuple[Record | None, str] = (None, "")
        self._subject_paths: tuple[str, ...] = subjects if any(a.name == "date_shift" for a in actions) else ()

    def batch(self, records: Sequence[Record]) -> list[Outcome]:
        """One outcome per record, in order; never raises for a record."""
        values = [r.value for r in records if r.value is not None]
        wanted = self._around.wanted(records)
        scans = self._scans(records, values, wanted)
        self._around.remember(wanted, scans[len(values) :])
        own = iter(scans)
        out: list[Outcome] = []
        for record in records:
            scan = next(own) if record.value is not None else None
            calm = scan is not None and not scan.findings and scan.error is None and self._calm(record)
            out.append(Masked(record.value, record.key, ()) if calm else self._outcome(record, scan))
        return out

    def _scans(self, records: Sequence[Record], values: list[bytes], wanted: Iterable[bytes]) -> list[Scan]:
        """One scan per value and per key or header; the prose of a topic in its language, where the policy names it."""
        if not self.policy.has_languages:
            return self._engine.batch([*values, *wanted])
        languages = [self._language(r.topic) for r in records if r.value is not None]
        by_language: dict[str, list[int]] = {}
        for at, language in enumerate(languages):
            by_language.setdefault(language, []).append(at)
        scans: list[Scan | None] = [None] * len(values)
        for language, places in by_language.items():
            for at, scan in zip(
                places, self._engine.batch([values[at] for at in places], language or None), strict=True
            ):
                scans[at] = scan
        # keys and headers are remembered across topics
        return [s for s in scans if s is not None] + self._engine.batch([*wanted])

    def _language(self, topic: str) -> str:
        known = self._languages.get(topic)
        if known is None:
            known = self._languages[topic] = self.policy.language(topic) or ""
        return known

    def _calm(self, record: Record) -> bool:
        """Whether a record in whose value nothing was found passes as it is, without a further look."""
        if record.headers or not self._never_held or may_hold(record.value or b""):
            return False
        if not self._around.is_clean(record.key):
            return False
        return not self._lens(record, "").always

    def mask_text(self, text: str) -> str:
        """Free text with every finding as its label, for reasons, purposes and notices.

        A text that cannot be looked at is withheld as a whole.
        """
        known = self._texts.get(text)
        if known is not None:
            return known
        try:
            findings = self._engine.scan_text(text)
        except ValueError:  # nobody could look into it
            return _WITHHELD
        out, at = [], 0
        for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
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

    def _key(self, record: Record, lens: Lens) -> tuple[bytes | None, list[FieldUse]]:
        key = record.key
        if key is None or (self._around.is_clean(key) and not lens.always):
            return key, []
        document = key_document(key)
        if document is None:
            self._note()
            if self._written is not None and self.policy.keys.binary in STAND_INS:
                self._written.append(StandIn("key", 0, 32, "BINARY"))
            return self._binary_key(key), [FieldUse("#key", "BINARY", self.policy.keys.binary, "policy", 1.0, 1, "")]
        masked, uses = self._document(document, self._around.scan(document), lens, record, "#key")
        if not uses or masked == document:
            return key, uses
        choice = self.policy.keys.mask
        if choice == "refuse":
            raise RecordError("personal_data_in_key", "the policy refuses record keys that hold personal data")
        if choice == "keep":
            return key, [replace(use, operator="keep") for use in uses]
        if document is key:
            self._wrote(stand_ins.in_value(self._spans, "key"))
            return masked, uses
        if masked[:1] != b'"':
            return None, uses  # dropped
        self._wrote(stand_ins.in_text(masked, self._spans, "key"))
        return decode(masked[1:-1]).encode("utf-8", "surrogatepass"), uses

    def _binary_key(self, key: bytes) -> bytes:
        choice = self.policy.keys.binary
        if choice == "refuse":
            raise RecordError("binary_key", "the policy refuses record keys that are not UTF-8")
        if choice == "keep":
            return key
        secret = self._keyring.key("mask").derive("binary-key", 32)
        return blake2b(key, key=secret, digest_size=16).hexdigest().encode()

    def _headers(self, record: Record, lens: Lens) -> tuple[tuple[Header, ...], list[FieldUse]]:
        """Masked headers without our own, which say something about the input and not about the output."""
        out: list[Header] = []
        all_uses: list[FieldUse] = []
        for name, value in record.headers:
            if name.startswith(OWN_HEADERS):
                continue
            document = header_document(name, value)
            if document is None:
                if value:  # not UTF-8: nobody can look into it
                    self._note()
                    all_uses.append(FieldUse(f"#header/{pointer_part(name)}", "BINARY", "redact", "policy", 1.0, 1, ""))
                    out.append((name, b""))
                else:
                    out.append((name, value))
                continue
            masked, uses = self._document(document, self._around.scan(document), lens, record, "#header")
            if masked == document:
                out.append((name, value))
            else:
                tree = json.loads(masked)
                self._wrote(stand_ins.in_header(masked, self._spans, len(out)))
                out.extend((n, None if v is None else str(v).encode()) for n, v in tree.items())
            all_uses += uses
        return tuple(out), all_uses

    def _wrote(self, found: list[StandIn]) -> None:
        if self._written is not None:
            self._written += found

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

    def _decide(self, record: Record, scan: Scan | None, drifted: ExportDecision | None = None) -> Outcome:
        if scan is not None and scan.error:
            return Quarantined(scan.error, scan.detail)
        export = drifted or (self._exporter.decide(record, scan) if scan is not None else None)
        lens = self._lens(record, export.destination if export else "")
        uses: list[FieldUse] = []
        value = record.value
        self._written = [] if export is not None else None
        if value is not None and scan is not None:
            value, uses = self._document(value, scan, lens, record, "")
            self._wrote(stand_ins.in_value(self._spans))
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
            written = self._written or []
            written = sorted([*written, *stand_ins.of_own_tokens(written, key, headers, value, self._opens)])
            return Held(value, key, headers, tuple(uses), described, tuple(written))
        if self._drift is not None and uses and drifted is None:
            verdict, place = self._drift.verdict(record.topic, uses)
            if verdict == "hold":
                return self._decide(
                    record, scan, self._exporter.asks(record, self._drift.destination, f"drift: {place}")
                )
            if verdict:
                return Quarantined("drift", place)
        changed = value != record.value or key != record.key or headers != record.headers
        return Masked(value, key, headers, tuple(uses), changed)

    def _lens(self, record: Record, destination: str) -> Lens:
        if not destination and self._plain:
            known = self._topics.get(record.topic)
            if known is not None:
                return known
        view = self.policy.view(record.topic, record.headers)
        lens = self._lenses.get((id(view), ""))
        if lens is None:
            if len(self._lenses) > 2_000:
                self._lenses.clear()
            lens = self._lenses[(id(view), "")] = Lens(view, self._keyring)
        if self._plain:
            if len(self._topics) > 2_000:
                self._topics.clear()
            self._topics[record.topic] = lens
        if not destination:
            return lens
        special = self.policy.view(record.topic, record.headers, destination)
        key = (id(special), destination)
        if key not in self._lenses:
            self._lenses[key] = Lens(special, self._keyring, lens)
        return self._lenses[key]

    def _document(
        self, raw: bytes, scan: Scan, lens: Lens, record: Record, prefix: str
    ) -> tuple[bytes, list[FieldUse]]:
        if scan.error:
            raise RecordError(scan.error, f"in {prefix or 'the value'}")
        always = lens.always
        findings = foreign_tokens(raw, scan.findings, self._opens) if may_hold(raw) else scan.findings
        self._spans = ()
        if not findings and not always:
            return raw, []
        other: dict[tuple[int, int], Bound] = {}
        if scan.twins:
            twins = scan.twins if findings is scan.findings else apart(scan.twins, findings)
            findings, other = spread(findings, twins, lens, prefix, record)
        is_key = prefix == "#key"
        if not always and not other and not is_key and self._trace is None and self._written is None:
            quick = mask_plain(raw, findings, lens.memo, lens.misses(prefix, record, self._mac))
            if quick is not None:
                return quick
        subject = self._subject(record) if self._subject_paths else ""
        choose = choosing(lens.at(prefix, record), other)
        masker = RecordMasker(raw, lens.for_keys(choose) if is_key else choose, self._mac, subject, prefix)
        if always:
            forced = forced_values(masker.tree, lens, prefix, findings, record)
            masked = masker.mask(outside(findings, masker.tree, forced), forced)
        else:
            masked = masker.mask(findings)
        if self._trace is not None:
            self._trace += masker.bounds
        if self._written is not None:
            self._spans = stand_ins_of(masker.edits)
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


def detects_nothing(engine: Detects) -> bool:
    """Whether the engine was told to find nothing at all: then keys and headers need no scan either."""
    wanted = getattr(engine, "config", None)
    if wanted is None or getattr(wanted, "rules", None) != () or wanted.model != "none":
        return False
    return not (wanted.custom or wanted.deny)


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
