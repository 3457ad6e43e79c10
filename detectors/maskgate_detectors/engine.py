"""The engine: records in, scans out.

A batch goes through five steps: read the JSON (by a learnt shape, else by the lexer), let the keys decide, one pass
of the prefilter over what is left, the rules where it fired, and the model over all prose of the batch.
"""

from __future__ import annotations

import gc
import hashlib
import time
from collections.abc import Sequence

from maskgate_detectors import registry
from maskgate_detectors.believe import Judge
from maskgate_detectors.context import NO_KEY, KeyHints
from maskgate_detectors.custom import all_rules
from maskgate_detectors.detect import DetectorFailed, Hit, RuleSet, TimeIsUp
from maskgate_detectors.engine_config import EngineConfig
from maskgate_detectors.finding import Finding, LeafKind, Scan, Where
from maskgate_detectors.leaf import LeafScanner, Prose, lifted, pair_pattern
from maskgate_detectors.lexer import NUMBER, STRING, Leaf, LexError, check_utf8, decode, lex
from maskgate_detectors.ner import Ner
from maskgate_detectors.prefilter import make, trigger_patterns

VERSION = "1"


class Place:
    """A leaf that has hits or prose: where it is, and what was found so far."""

    __slots__ = ("end", "hits", "kind", "path", "prose", "start", "text", "where")

    def __init__(self, path: str, where: Where, kind: LeafKind, start: int, end: int, text: str) -> None:
        self.path = path
        self.where: Where = where
        self.kind: LeafKind = kind
        self.start = start
        self.end = end
        self.text = text
        self.hits: list[Hit] = []
        self.prose: list[Prose] = []


class Engine:
    """Finds personal data and secrets in JSON records; changes nothing, and never raises for a record."""

    def __init__(self, config: EngineConfig | None = None) -> None:
        self.config = config or EngineConfig()
        self.rules = RuleSet(all_rules(self.config))
        self.hints = KeyHints(self.rules.rules)
        triggers = trigger_patterns(self.rules.compiled, pair_pattern(self.rules.rules))
        self.prefilter = make(self.config.prefilter, triggers)
        self.scanner = LeafScanner(self.rules, self.hints, self.prefilter)
        self.judge = Judge(self.config)
        self.ner = Ner(
            self.config.model, self.config.languages, self.config.language_models, self.config.text_cache
        )
        self._clean_keys: set[bytes] = set()

    def warm(self) -> None:
        """Load and run everything once and freeze it, so that a fork shares the memory."""
        self.batch([b'{"text": "Warm up, Ms Jane Example of Exampletown.", "email": "jane@example.org"}'])
        gc.freeze()

    @property
    def digest(self) -> str:
        """Hex digest of the rules, the lists and the model: equal digests find the same."""
        total = hashlib.sha256(registry.rules_digest(self.rules.rules).encode())
        config = self.config
        names = ("model", "languages", "min_score", "allow", "deny", "thresholds")
        total.update(repr([getattr(config, name) for name in names]).encode())
        total.update(repr((sorted(config.language_models.items()), sorted(config.disabled), self.ner.version)).encode())
        return total.hexdigest()

    @property
    def versions(self) -> dict[str, str]:
        """What decides: the engine, the number of rules, the prefilter, the model."""
        return {
            "engine": VERSION,
            "rules": str(len(self.rules.rules)),
            "prefilter": self.prefilter.name,
            "model": self.ner.version or "none",
        }

    def batch(self, records: Sequence[bytes], language: str | None = None) -> list[Scan]:
        """One scan per record, in order; ``Scan.error`` is set where a record cannot be trusted."""
        scans: list[Scan | None] = [None] * len(records)
        places: list[tuple[int, list[Place], bool]] = []
        for at, record in enumerate(records):
            try:
                places.append((at, *self._read(record)))
            except LexError as error:
                scans[at] = Scan(error=error.code, detail=error.detail)
            except TimeIsUp:
                scans[at] = Scan(error="timeout", detail="the rules used up the time of the record")
            except DetectorFailed as error:
                scans[at] = Scan(error="detector_failed", detail=f"rule {error.args[0]}")
            except Exception as error:
                scans[at] = Scan(error="detector_failed", detail=type(error).__name__)
        self._finish(scans, places, language)
        return [scan if scan is not None else Scan(error="detector_failed") for scan in scans]

    def scan_text(self, text: str, key: str | None = None, language: str | None = None) -> list[Finding]:
        """Findings in a text that is not JSON (record key, header, reason); leaf offsets are UTF-8 bytes.

        Raises :class:`ValueError` where a rule fails or the time is up: nothing is known of the text then.
        """
        place = Place("", "value", "string", 0, len(text.encode("utf-8", "replace")), text)
        deadline = time.perf_counter() + self.config.time_budget_s + self.config.time_budget_per_kb_s * place.end / 1000
        try:
            self._look(place, self.hints.for_keys([key]) if key else NO_KEY, False, deadline)
        except (TimeIsUp, DetectorFailed) as error:
            raise ValueError(f"the text cannot be scanned: {type(error).__name__}") from None
        self._prose([place], language)
        return list(self._findings(place))

    def _read(self, record: bytes) -> tuple[list[Place], bool]:
        config = self.config
        if len(record) > config.max_record_bytes:
            raise LexError("too_large", f"more than {config.max_record_bytes} bytes")
        deadline = time.perf_counter() + config.time_budget_s + config.time_budget_per_kb_s * len(record) / 1000
        check_utf8(record)
        leaves, duplicate = lex(record, config.max_depth, config.max_nodes)
        places: list[Place] = []
        for leaf in leaves:
            self._leaf(record, leaf, deadline, places)
        return places, duplicate

    def _leaf(self, record: bytes, leaf: Leaf, deadline: float, places: list[Place]) -> None:
        if leaf.key_start >= 0:
            raw = record[leaf.key_start : leaf.key_end]
            if raw not in self._clean_keys:
                place = Place(leaf.path, "key", "key", leaf.key_start, leaf.key_end, decode(raw))
                self._look(place, NO_KEY, False, deadline)
                if place.hits or place.prose:
                    places.append(place)
                elif len(raw) <= 64 and len(self._clean_keys) < 50_000:
                    self._clean_keys.add(raw)
        if leaf.kind in (STRING, NUMBER) and leaf.end > leaf.start:
            number = leaf.kind == NUMBER
            text = decode(record[leaf.start : leaf.end])
            kind: LeafKind = "number" if number else "string"
            place = Place(leaf.path, "value", kind, leaf.start, leaf.end, text)
            self._look(place, self.hints.for_pointer(leaf.path), number, deadline)
            if place.hits or place.prose:
                places.append(place)

    def _look(self, place: Place, info: object, number: bool, deadline: float) -> None:
        place.hits = self.judge.denied(place.text) + self.scanner.scan(
            place.text, info, number=number, deadline=deadline, prose=place.prose  # type: ignore[arg-type]
        )

    def _finish(
        self, scans: list[Scan | None], places: list[tuple[int, list[Place], bool]], language: str | None
    ) -> None:
        try:
            self._prose([place for _, found, _ in places for place in found if place.prose], language)
        except Exception as error:  # the model failed: no record with prose can be trusted
            for at, found, _ in places:
                if any(place.prose for place in found):
                    scans[at] = Scan(error="detector_failed", detail=f"model: {type(error).__name__}")
        for at, found, duplicate in places:
            if scans[at] is None:
                findings = tuple(finding for place in found for finding in self._findings(place))
                scans[at] = Scan(findings, duplicate_keys=duplicate)

    def _prose(self, places: Sequence[Place], language: str | None) -> None:
        texts = [(place, prose) for place in places for prose in place.prose]
        if not texts:
            return
        for (place, prose), entities in zip(texts, self.ner.find([p.text for _, p in texts], language), strict=True):
            for item in entities:
                hit = Hit(item.start, item.end, item.entity, item.score, f"ner-{item.entity.lower()}")
                for view in prose.views:
                    hit = lifted(hit, view)
                place.hits.append(hit)

    def _findings(self, place: Place) -> list[Finding]:
        return [
            Finding(
                place.path, hit.start, hit.end, hit.entity, hit.score, hit.detector,
                "whole" if hit.whole else place.where, place.kind, place.start, place.end, hit.layers,
            )
            for hit in self.judge.kept(place.hits, place.path, place.text)
        ]  # fmt: skip
