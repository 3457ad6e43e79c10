"""The oracle: a slow, plain engine that the fast one must equal, byte for byte and finding for finding.

Full lexer, no prefilter: every rule is tried on every leaf and every text inside it, and the model reads one text at
a time with no memory.
"""

from __future__ import annotations

from maskgate_detectors.engine.custom import all_rules
from maskgate_detectors.engine.resolver import Judge
from maskgate_detectors.engine.strings import LeafStrings
from maskgate_detectors.engine.twins import find as find_twins
from maskgate_detectors.fields import siblings
from maskgate_detectors.fields.context import KeyHints, KeyInfo
from maskgate_detectors.freetext.ner import Ner
from maskgate_detectors.model.config import EngineConfig
from maskgate_detectors.model.finding import Finding, Scan
from maskgate_detectors.reader.lexer import NUMBER, STRING, LexError, check_utf8, decode, lex
from maskgate_detectors.text.detect import Hit, RuleSet
from maskgate_detectors.text.leaf import LeafScanner, Prose, lifted


class Reference:
    """A plain engine for one configuration."""

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        rules = RuleSet(all_rules(config))
        self.hints = KeyHints(rules.rules, cache=0)
        self.judge = Judge(config)
        self.scanner = LeafScanner(rules, self.hints, None, self.judge.deny)
        self.ner = Ner(config.model, config.languages, config.language_models, cache=0)

    def scan(self, record: bytes) -> Scan:
        """What is found in one record, with no limit of time."""
        config = self.config
        if len(record) > config.max_record_bytes:
            return Scan(error="too_large", detail=f"more than {config.max_record_bytes} bytes")
        try:
            check_utf8(record)
            leaves, duplicate = lex(record, config.max_depth, config.max_nodes)
        except LexError as error:
            return Scan(error=error.code, detail=error.detail)
        findings: list[Finding] = []
        told = siblings.find(record, leaves, self.hints)
        for at, leaf in enumerate(leaves):
            if leaf.key_start >= 0:
                text = decode(record[leaf.key_start : leaf.key_end])
                findings += [
                    _finding(hit, leaf.path, "key", "key", leaf.key_start, leaf.key_end)
                    for hit in self._hits(text, leaf.path, self.hints.for_text_of(text), False)
                ]
            if leaf.kind in (STRING, NUMBER):
                number = leaf.kind == NUMBER
                text = decode(record[leaf.start : leaf.end])
                kind = "number" if number else "string"
                findings += [
                    _finding(hit, leaf.path, "value", kind, leaf.start, leaf.end)
                    for hit in self._hits(
                        text, leaf.path, told.infos.get(at) or self.hints.for_pointer(leaf.path), number
                    )
                ]
        twins = find_twins(record, findings, LeafStrings(record, leaves)) if config.spread else ()
        return Scan(tuple(findings), duplicate_keys=duplicate, twins=twins)

    def _hits(self, text: str, path: str, info: KeyInfo, number: bool) -> list[Hit]:
        prose: list[Prose] = []
        hits = self.scanner.scan(text, info, number=number, prose=prose)
        for item in prose:
            for entity in self.ner.find([item.text])[0]:
                hit = Hit(entity.start, entity.end, entity.entity, entity.score, f"ner-{entity.entity.lower()}")
                for view in item.views:
                    hit = lifted(hit, view)
                hits.append(hit)
        return self.judge.kept(hits, path, text)


def _finding(hit: Hit, path: str, where: str, kind: str, start: int, end: int) -> Finding:
    return Finding(
        path, hit.start, hit.end, hit.entity, hit.score, hit.detector,
        "whole" if hit.whole else where, kind, start, end, hit.layers,  # type: ignore[arg-type]
    )  # fmt: skip


def scan(record: bytes, config: EngineConfig) -> Scan:
    """:meth:`Reference.scan` with an engine made for the call."""
    return Reference(config).scan(record)
