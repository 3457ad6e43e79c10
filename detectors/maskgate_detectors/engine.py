"""The engine: records in, scans out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

from maskgate_detectors import registry
from maskgate_detectors.context import NO_KEY, KeyHints, KeyInfo
from maskgate_detectors.detect import DetectorFailed, Hit, RuleSet, TimeIsUp, resolve
from maskgate_detectors.engine_config import EngineConfig
from maskgate_detectors.finding import Finding, LeafKind, Scan, Where
from maskgate_detectors.lexer import NUMBER, STRING, Leaf, LexError, check_utf8, decode, lex
from maskgate_detectors.rule import Rule


class Engine:
    """Finds personal data and secrets in JSON records; changes nothing, and never raises for a record."""

    def __init__(self, config: EngineConfig | None = None) -> None:
        self.config = config or EngineConfig()
        rules = registry.load() if self.config.rules is None else registry.checked(self.config.rules)
        rules += tuple(rule for rule in self.config.custom if isinstance(rule, Rule))
        off = self.config.disabled
        self.rules = RuleSet([rule for rule in rules if rule.id not in off and rule.entity not in off])
        self.hints = KeyHints(self.rules.rules)

    def warm(self) -> None:
        """Load and run everything once, so that a fork shares it."""
        self.batch([b'{"text": "warm up"}'])

    @property
    def digest(self) -> str:
        """Hex digest of the rules, the lists and the model: equal digests find the same."""
        total = hashlib.sha256(registry.rules_digest(self.rules.rules).encode())
        total.update(repr((self.config.model, self.config.languages, self.config.min_score)).encode())
        return total.hexdigest()

    @property
    def versions(self) -> dict[str, str]:
        """Versions of what decides: this package, the engines, the model."""
        return {"maskgate-detectors": "1", "rules": str(len(self.rules.rules)), "model": self.config.model}

    def batch(self, records: Sequence[bytes]) -> list[Scan]:
        """One scan per record, in order; ``Scan.error`` is set where a record cannot be trusted."""
        return [self._scan(record) for record in records]

    def scan_text(self, text: str, key: str | None = None) -> list[Finding]:
        """Findings in a text that is not JSON (record key, header, reason); leaf offsets are UTF-8 bytes."""
        info = self.hints.for_keys([key]) if key else NO_KEY
        hits = resolve(self._leaf(text, info, number=False, deadline=0.0))
        size = len(text.encode("utf-8", "replace"))
        return [_finding(hit, "", "value", "string", 0, size) for hit in hits if hit.score >= self.config.min_score]

    def _scan(self, record: bytes) -> Scan:
        config = self.config
        if len(record) > config.max_record_bytes:
            return Scan(error="too_large", detail=f"more than {config.max_record_bytes} bytes")
        deadline = time.perf_counter() + config.time_budget_s + config.time_budget_per_kb_s * len(record) / 1000
        try:
            check_utf8(record)
            leaves, duplicate = lex(record, config.max_depth, config.max_nodes)
            findings: list[Finding] = []
            for leaf in leaves:
                self._one_leaf(record, leaf, deadline, findings)
            return Scan(tuple(findings), duplicate_keys=duplicate)
        except LexError as error:
            return Scan(error=error.code, detail=error.detail)
        except TimeIsUp:
            return Scan(error="timeout", detail="the rules used up the time of the record")
        except DetectorFailed as error:
            return Scan(error="detector_failed", detail=f"rule {error.args[0]}")
        except Exception as error:
            return Scan(error="detector_failed", detail=type(error).__name__)

    def _one_leaf(self, record: bytes, leaf: Leaf, deadline: float, findings: list[Finding]) -> None:
        if leaf.key_start >= 0:
            key = decode(record[leaf.key_start : leaf.key_end])
            for hit in resolve(self._leaf(key, NO_KEY, number=False, deadline=deadline)):
                if hit.score >= self.config.min_score:
                    findings.append(_finding(hit, leaf.path, "key", "key", leaf.key_start, leaf.key_end))
        if leaf.kind not in (STRING, NUMBER):
            return
        text = decode(record[leaf.start : leaf.end])
        number = leaf.kind == NUMBER
        info = self.hints.for_pointer(leaf.path)
        kind: LeafKind = "number" if number else "string"
        for hit in resolve(self._leaf(text, info, number=number, deadline=deadline)):
            if hit.score >= self.config.min_score:
                findings.append(_finding(hit, leaf.path, "value", kind, leaf.start, leaf.end))

    def _leaf(self, text: str, info: KeyInfo, *, number: bool, deadline: float) -> list[Hit]:
        return self.rules.detect(text, info, number=number, deadline=deadline)


def _finding(hit: Hit, path: str, where: Where, kind: LeafKind, start: int, end: int) -> Finding:
    return Finding(
        path, hit.start, hit.end, hit.entity, hit.score, hit.detector, "whole" if hit.whole else where, kind,
        start, end, hit.layers,
    )  # fmt: skip
