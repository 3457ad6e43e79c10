"""The engine: records in, scans out.

A batch goes through five steps: read the JSON as columns, let the keys decide, one pass of the prefilter over what is
left, the rules where it fired, and the model over all prose of the batch.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Sequence

from maskgate_detectors.engine.batch import BatchPass
from maskgate_detectors.engine.custom import all_rules
from maskgate_detectors.engine.entry import Place
from maskgate_detectors.engine.resolver import Judge
from maskgate_detectors.fields.context import NO_KEY, KeyHints
from maskgate_detectors.freetext.listed import read_lists
from maskgate_detectors.freetext.ner import Ner, check_model
from maskgate_detectors.model import registry
from maskgate_detectors.model.config import DetectorError, EngineConfig
from maskgate_detectors.model.finding import Finding, Scan
from maskgate_detectors.text.detect import Budget, DetectorFailed, Hit, RuleSet, TimeIsUp
from maskgate_detectors.text.leaf import LeafScanner, lifted
from maskgate_detectors.text.prefilter import make, trigger_patterns

VERSION = "1"


class Engine:
    """Finds personal data and secrets in JSON records; changes nothing, and never raises for a record."""

    def __init__(self, config: EngineConfig | None = None) -> None:
        self.config = config or EngineConfig()
        self.rules = RuleSet(all_rules(self.config))
        self.hints = KeyHints(self.rules.rules)
        triggers = trigger_patterns(self.rules.compiled)
        self.prefilter = make(self.config.prefilter, triggers, self.config.cache_dir)
        self.judge = Judge(self.config)
        self.scanner = LeafScanner(self.rules, self.hints, self.prefilter, self.judge.deny)
        _check_models(self.config)
        self.ner = Ner(self.config.model, self.config.languages, self.config.language_models, self.config.text_cache)
        self.batches = BatchPass(self)

    def warm(self) -> None:
        """Make all programs, load the models, run everything once and freeze it, so that a fork shares the memory."""
        for item in self.rules.compiled:
            item.prepare()
        self.ner.load()
        read_lists()
        self.batch([b'{"text": "Warm up, Ms Jane Example of Exampletown.", "email": "jane@example.org"}'])
        gc.freeze()

    @property
    def digest(self) -> str:
        """Hex digest of the rules, the lists and the model: equal digests find the same."""
        total = hashlib.sha256(registry.rules_digest(self.rules.rules).encode())
        config = self.config
        names = ("model", "languages", "min_score", "spread", "allow", "deny", "thresholds")
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
        return self.batches.run(records, language)

    def scan_text(self, text: str, key: str | None = None, language: str | None = None) -> list[Finding]:
        """Findings in a text that is not JSON (record key, header, reason); leaf offsets are UTF-8 bytes.

        Raises :class:`ValueError` where a rule fails or the time is up: nothing is known of the text then.
        """
        place = Place("", "value", "string", 0, len(text.encode("utf-8", "replace")), text, [], [])
        budget = Budget(self.config.seconds_for(place.end))
        info = self.hints.for_keys([key]) if key else NO_KEY
        try:
            place.hits = self.scanner.scan(text, info, budget=budget, prose=place.prose)
            budget.close()
        except (TimeIsUp, DetectorFailed) as error:
            raise ValueError(f"the text cannot be scanned: {type(error).__name__}") from None
        self.read_prose([place], language)
        return self.findings(place)

    def read_prose(self, places: Sequence[Place], language: str | None) -> None:
        """Let the model read the prose of ``places`` and add its hits."""
        texts = [(place, prose) for place in places for prose in place.prose]
        if not texts:
            return
        for (place, prose), entities in zip(texts, self.ner.find([p.text for _, p in texts], language), strict=True):
            for item in entities:
                hit = Hit(item.start, item.end, item.entity, item.score, f"ner-{item.entity.lower()}")
                for view in prose.views:
                    hit = lifted(hit, view)
                place.hits.append(hit)

    def findings(self, place: Place) -> list[Finding]:
        """The findings of ``place``: its hits that stand."""
        return [
            Finding(
                place.path, hit.start, hit.end, hit.entity, hit.score, hit.detector,
                "whole" if hit.whole else place.where, place.kind, place.start, place.end, hit.layers,
            )
            for hit in self.judge.kept(place.hits, place.path, place.text)
        ]  # fmt: skip


def _check_models(config: EngineConfig) -> None:
    """Raise :class:`DetectorError` with its place for a model that is not there."""
    wanted = {"model": config.model, **{f"models.{name}": model for name, model in config.language_models.items()}}
    for name, model in wanted.items():
        if model == "none" or config.model == "none":
            continue
        try:
            check_model(model)
        except DetectorError as error:
            where = config.origins.get(name)
            raise DetectorError(f"{where}: detection.{name}: {error}" if where else str(error)) from None
