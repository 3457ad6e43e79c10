"""Why each span of a record was found or not: the rule, its context, the checksum, the key, what won over what.

The answer holds places and reasons, never a character of the record.
"""

from __future__ import annotations

from typing import Any

from maskgate_detectors import siblings
from maskgate_detectors.context import KeyInfo
from maskgate_detectors.detect import DetectorFailed, Hit, TimeIsUp, Trace
from maskgate_detectors.engine import Engine
from maskgate_detectors.leaf import Prose, lifted
from maskgate_detectors.lexer import NUMBER, STRING, LexError, check_utf8, decode, lex


def explain(engine: Engine, record: bytes) -> list[dict[str, Any]]:
    """One entry per leaf on which a rule, its key or the model had a say, in order of the record; JSON-ready.

    An entry has ``path``, ``in``, ``key`` (what it says: ``decides``, ``asks``, ``veto``), ``steps`` (every
    candidate with ``rule``, ``start``, ``end``, ``verdict``, ``why``), ``findings`` (what stands, with ``won_over``)
    and ``dropped`` (what does not, and why). A record that cannot be read gives one entry with ``error``.
    """
    try:
        check_utf8(record)
        leaves, _ = lex(record, engine.config.max_depth, engine.config.max_nodes)
    except LexError as error:
        return [{"error": error.code, "detail": error.detail}]
    entries: list[dict[str, Any]] = []
    told = siblings.find(record, leaves, engine.hints)
    for at, leaf in enumerate(leaves):
        if leaf.key_start >= 0:
            text = decode(record[leaf.key_start : leaf.key_end])
            entries += _entry(engine, leaf.path, "key", text, engine.hints.for_text_of(text), False)
        if leaf.kind in (STRING, NUMBER):
            text = decode(record[leaf.start : leaf.end])
            info = told.infos.get(at) or engine.hints.for_pointer(leaf.path)
            entries += _entry(engine, leaf.path, "value", text, info, leaf.kind == NUMBER)
    return entries


def _entry(engine: Engine, path: str, where: str, text: str, info: KeyInfo, number: bool) -> list[dict[str, Any]]:
    steps: Trace = []
    prose: list[Prose] = []
    try:
        hits = engine.judge.denied(text) + engine.scanner.scan(text, info, number=number, prose=prose, trace=steps)
    except (TimeIsUp, DetectorFailed) as error:
        return [{"path": path, "in": where, "error": type(error).__name__}]
    for item in prose:
        for entity in engine.ner.find([item.text])[0]:
            hit = Hit(entity.start, entity.end, entity.entity, entity.score, f"ner-{entity.entity.lower()}")
            for view in item.views:
                hit = lifted(hit, view)
            hits.append(hit)
            steps.append(_model_step(hit))
    if not hits and (where == "key" or not steps):
        return []
    kept = engine.judge.kept(list(hits), path, text)
    return [
        {
            "path": path,
            "in": where,
            "key": {
                "decides": [rule.id for rule in info.deciders],
                "asks": [rule.id for rule in info.asked],
                "veto": info.veto,
                "prose": bool(prose),
            },
            "steps": steps,
            "findings": [_finding(hit, hits, kept) for hit in kept],
            "dropped": _dropped(engine, hits, kept, path, text),
        }
    ]


def _model_step(hit: Hit) -> dict[str, Any]:
    return {
        "rule": hit.detector, "entity": hit.entity, "start": hit.start, "end": hit.end,
        "score": round(hit.score, 3), "verdict": "found", "why": "the model",
    }  # fmt: skip


def _finding(hit: Hit, hits: list[Hit], kept: list[Hit]) -> dict[str, Any]:
    beaten = {other.detector for other in hits if other not in kept and other.start < hit.end and hit.start < other.end}
    return {
        "start": hit.start, "end": hit.end, "entity": hit.entity, "score": round(hit.score, 3),
        "detector": hit.detector, "layers": list(hit.layers), "won_over": sorted(beaten - {hit.detector}),
    }  # fmt: skip


def _dropped(engine: Engine, hits: list[Hit], kept: list[Hit], path: str, text: str) -> list[dict[str, Any]]:
    """Hits that do not stand, each with the reason."""
    found: list[dict[str, Any]] = []
    for hit in hits:
        if hit in kept:
            continue
        least = engine.judge.least(hit.entity, path)
        if hit.entity in engine.config.disabled:
            why = "the entity is switched off"
        elif hit.score < least:
            why = f"score {hit.score:.2f} below {least:.2f}"
        elif engine.judge.allowed(hit, path, text):
            why = "on an allow list"
        else:
            why = "another finding covers it"
        found.append({"start": hit.start, "end": hit.end, "entity": hit.entity, "detector": hit.detector, "why": why})
    return found
