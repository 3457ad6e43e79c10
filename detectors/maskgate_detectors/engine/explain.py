"""Why each span of a record was found or not: the rule, its context, its check, the key, what won over what.

The answer holds places and reasons, never a character of the record, unless ``text`` asks for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from maskgate_detectors.engine.engine import Engine
from maskgate_detectors.engine.resolver import path_matcher
from maskgate_detectors.fields import siblings
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.fields.parts import subject_of
from maskgate_detectors.freetext.prose import is_prose
from maskgate_detectors.reader.lexer import NUMBER, STRING, Leaf, decode, lex
from maskgate_detectors.text.detect import COMPANY_ENDS, Hit, Trace, is_placeholder, step
from maskgate_detectors.text.leaf import LeafScanner, Prose, lifted

_KINDS = {STRING: "string", NUMBER: "number"}


def explain(
    engine: Engine, record: bytes, at: Sequence[str] = (), *, language: str | None = None, text: bool = False
) -> list[dict[str, Any]]:
    """One entry per leaf on which a rule, its key or the model had a say, in order of the record; JSON-ready.

    ``at`` are pointers or path patterns: every leaf there or below has an entry, and every rule is tried on it, also
    those that the prefilter would not ask, so that the entry says why nothing was found.

    An entry has ``path``, ``in``, ``key`` (what it says: ``decides``, ``asks``, ``veto``, ``sibling``), ``steps``
    (every candidate with ``rule``, ``start``, ``end``, ``verdict``, ``why``), ``findings`` (what stands, with its
    ``id``, ``won_over`` and, of a part of a value, its ``subject``), ``dropped`` (what does not, and why) and
    ``notes`` (what else kept something from being found).
    A record that the engine refuses gives one entry with ``error``.
    """
    scan = engine.batch([record], language)[0]
    if scan.error:
        return [{"error": scan.error, "detail": scan.detail}]
    leaves, _ = lex(record, engine.config.max_depth, engine.config.max_nodes)
    told = siblings.find(record, leaves, engine.hints)
    wanted = [test for path in at for test in (path_matcher(path or "/**"), path_matcher(path.rstrip("/") + "/**"))]
    scanner = LeafScanner(engine.rules, engine.hints, None, engine.judge.deny) if at else engine.scanner
    reader = _Reader(engine, scanner, language, text, record_id(record))
    entries: list[dict[str, Any]] = []
    for number, leaf in enumerate(leaves):
        asked = any(fits(leaf.path) for fits in wanted)
        if wanted and not asked:
            continue
        if leaf.key_start >= 0:
            key = decode(record[leaf.key_start : leaf.key_end])
            entries += reader.entry(_Spot(leaf, "key", key, engine.hints.for_text_of(key)), False)
        if leaf.kind in _KINDS:
            value = decode(record[leaf.start : leaf.end])
            info = told.infos.get(number) or engine.hints.for_pointer(leaf.path)
            entries += reader.entry(_Spot(leaf, "value", value, info, number in told.infos), asked)
        elif asked and leaf.path in at:
            note = "an object, a list, true, false or null: only strings, numbers and keys are looked at"
            entries.append(_plain_entry(leaf.path, note))
    return entries


def record_id(record: bytes) -> str:
    """The part of a finding's id that says which record it is of."""
    return hashlib.sha256(record).hexdigest()[:8]


def finding_id(digest: str, path: str, where: str, row: Mapping[str, Any]) -> str:
    """The id of a finding: the same whenever the same record is read, whatever else its file holds.

    ``where`` is that of the text, ``key`` or ``value``; ``digest`` is :func:`record_id`.
    """
    parts = (path, where, str(row["start"]), str(row["end"]), str(row["entity"]))
    return f"{digest}-{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'replace')).hexdigest()[:6]}"


class _Spot(NamedTuple):
    """A key or a value with what its place says."""

    leaf: Leaf
    where: str
    text: str
    info: KeyInfo
    sibling: bool = False

    @property
    def number(self) -> bool:
        return self.where == "value" and self.leaf.kind == NUMBER


class _Reader:
    """One engine, asked leaf by leaf with a trace."""

    def __init__(self, engine: Engine, scanner: LeafScanner, language: str | None, shows: bool, digest: str) -> None:
        self.engine = engine
        self.digest = digest
        self.scanner = scanner
        self.language = language
        self.shows = shows

    def entry(self, spot: _Spot, asked: bool) -> list[dict[str, Any]]:
        """The entry of a leaf; none where nobody had a say and nobody asked."""
        steps: Trace = []
        prose: list[Prose] = []
        hits = self.scanner.scan(spot.text, spot.info, number=spot.number, prose=prose, trace=steps)
        hits += self._read(prose, steps)
        if not asked and not hits and (spot.where == "key" or all(item["verdict"] == "skipped" for item in steps)):
            return []
        judge, path = self.engine.judge, spot.leaf.path
        kept = judge.kept(list(hits), path, spot.text)
        entry = _plain_entry(path, *self._notes(spot, hits, prose))
        entry["in"] = spot.where
        entry["key"] = {
            "decides": [rule.id for rule in spot.info.deciders],
            "asks": [rule.id for rule in spot.info.asked],
            "veto": spot.info.veto,
            "sibling": spot.sibling,
        }
        entry["steps"] = _distinct(steps)
        found = [_finding(hit, hits, kept, spot.where, path) for hit in kept]
        entry["findings"] = [{**row, "id": finding_id(self.digest, path, spot.where, row)} for row in found]
        entry["dropped"] = self._dropped(hits, kept, path, spot.text)
        if self.shows:
            entry["text"] = spot.text
        return [entry]

    def _read(self, prose: Sequence[Prose], steps: Trace) -> list[Hit]:
        found = []
        for item in prose:
            for entity in self.engine.ner.find([item.text], self.language)[0]:
                hit = Hit(entity.start, entity.end, entity.entity, entity.score, f"ner-{entity.entity.lower()}")
                for view in item.views:
                    hit = lifted(hit, view)
                found.append(hit)
                told = step(hit.detector, hit.entity, hit.start, hit.end, hit.score, "found", "the model")
                told["layers"] = list(hit.layers)
                steps.append(told)
        return found

    def _notes(self, spot: _Spot, hits: Sequence[Hit], prose: Sequence[Prose]) -> list[str]:
        """What kept the key from deciding, the rules from being tried, and the model from reading."""
        info, notes = spot.info, []
        if spot.number and info.veto:
            notes.append("the key says that a number here is no personal data: no rule is tried")
        elif info.veto:
            notes.append("the key says that this is no personal data: digits that no check proves are let go")
        if info.deciders and not any(hit.detector == rule.id for hit in hits for rule in info.deciders):
            notes += [f"the key asks for {rule.id}, but {_undecided(self.engine, rule.id, spot.text)}"
                      for rule in info.deciders]  # fmt: skip
        if hits or spot.where == "key" or spot.number:
            return notes
        model = self.engine.ner.model
        if prose:
            notes.append("prose, but there is no model" if model == "none" else "the model read it and found nothing")
        elif not info.deciders:
            notes.append(_no_prose(spot.text, info))
        return notes

    def _dropped(self, hits: Sequence[Hit], kept: Sequence[Hit], path: str, text: str) -> list[dict[str, Any]]:
        """Hits that do not stand, each with the reason."""
        judge = self.engine.judge
        stands = {(hit.detector, hit.start, hit.end) for hit in kept}
        found: list[dict[str, Any]] = []
        for hit in hits:
            if (hit.detector, hit.start, hit.end) in stands:
                continue
            over = [k for k in kept if k.start < hit.end and hit.start < k.end]
            least = judge.least(hit.entity, path)
            if hit.entity in self.engine.config.disabled:
                why = "the entity is switched off (detection.enabled)"
            elif hit.score < least:
                why = f"its score {hit.score:.2f} is below {least:.2f} ({judge.least_of(hit.entity, path)})"
            elif (number := judge.allowed_by(hit, path, text)) is not None:
                why = f"allow list {number + 1} names it"
            elif any(k.detector == hit.detector for k in over):
                why = "what other findings leave of it stands"
            elif over:
                why = f"{over[0].detector} stands there with {over[0].score:.2f}"
            else:
                why = "it gives way to other findings"
            row = {
                "start": hit.start, "end": hit.end, "entity": hit.entity, "score": round(hit.score, 3),
                "detector": hit.detector, "why": why,
            }  # fmt: skip
            if row not in found:
                found.append(row)
        return found


def _plain_entry(path: str, *notes: str) -> dict[str, Any]:
    return {"path": path, "in": "value", "key": None, "steps": [], "findings": [], "dropped": [], "notes": list(notes)}


def _undecided(engine: Engine, rule_id: str, text: str) -> str:
    value = text.strip()
    data = value.encode("utf-8", "replace")
    if not value:
        return "there is no value"
    if is_placeholder(data):
        return "the value stands for a missing or a masked one"
    fits: Callable[[bytes], bool] = engine.rules.by_id[rule_id].key_fits
    if fits(data) and data.endswith(COMPANY_ENDS):
        return "the value ends as a company does"
    return "the value does not look like one (key_pattern)"


def _no_prose(text: str, info: KeyInfo) -> str:
    if info.veto or info.no_prose:
        return "the model does not read it: the key speaks against prose"
    if is_prose(text, KeyInfo("  ")):
        return "the model does not read it: too few words for a key that is not one of free text"
    return "the model does not read it: too few words for prose"


def _distinct(steps: Trace) -> Trace:
    """The steps without those that another way through the value repeats."""
    seen: list[dict[str, Any]] = []
    for item in steps:
        if item not in seen and (item["verdict"] != "skipped" or not item["inside"]):
            seen.append(item)
    return seen


def _finding(hit: Hit, hits: Sequence[Hit], kept: Sequence[Hit], where: str, path: str) -> dict[str, Any]:
    beaten = {other.detector for other in hits if other not in kept and other.start < hit.end and hit.start < other.end}
    return {
        "start": hit.start, "end": hit.end, "entity": hit.entity, "score": round(hit.score, 3),
        "detector": hit.detector, "in": "whole" if hit.whole else where, "layers": list(hit.layers),
        "won_over": sorted(beaten - {hit.detector}),
        "subject": subject_of(path, hit.detector) if where == "value" else "",
    }  # fmt: skip
