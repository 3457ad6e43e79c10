"""Records in which a value of a deny list stands: every leaf is looked at in full.

What columns and the prefilter leave out (plain words, numbers that no rule wants) may be on a list. Such records
are few, and the others pay only for a look at their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from maskgate_detectors.engine.entry import Place, failed
from maskgate_detectors.fields import siblings
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.model.finding import Finding, Scan
from maskgate_detectors.reader.lexer import NUMBER, STRING, LexError, check_utf8, decode, lex
from maskgate_detectors.text.detect import Budget

if TYPE_CHECKING:
    from maskgate_detectors.engine.engine import Engine


class SuspectPass:
    """The steps of one engine for the records that its deny lists point at."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._all = not engine.rules.rules and engine.ner.model == "none"  # the other pass has nothing to look for

    def split(self, records: Sequence[bytes]) -> list[int]:
        """The indexes of the records that are suspect."""
        if self._all:
            return list(range(len(records)))
        limit, may_stand_in = self.engine.config.max_record_bytes, self.engine.judge.deny.may_stand_in
        return [at for at, record in enumerate(records) if len(record) <= limit and may_stand_in(record)]

    def run(self, records: Sequence[bytes], language: str | None) -> list[Scan]:
        """One scan per record; whatever goes wrong is its error."""
        looked = [self._look(record) for record in records]
        prose = [place for item in looked if isinstance(item, _Looked) for place in item.places if place.prose]
        try:
            self.engine.read_prose(prose, language)
        except Exception as error:  # the model failed: no record with prose can be trusted
            failed = Scan(error="detector_failed", detail=f"model: {type(error).__name__}")
            looked = [failed if isinstance(item, _Looked) and item.has_prose else item for item in looked]
        return [item if isinstance(item, Scan) else self._scan(item) for item in looked]

    def _scan(self, item: _Looked) -> Scan:
        findings: list[Finding] = []
        for place in item.places:
            findings += self.engine.findings(place)
        return Scan(tuple(findings), duplicate_keys=item.duplicate)

    def _look(self, record: bytes) -> _Looked | Scan:
        try:
            return self._read(record)
        except Exception as error:
            return failed(error)

    def _read(self, record: bytes) -> _Looked:
        config, hints = self.engine.config, self.engine.hints
        if len(record) > config.max_record_bytes:
            raise LexError("too_large", f"more than {config.max_record_bytes} bytes")
        check_utf8(record)
        budget = Budget(config.seconds_for(len(record)))
        leaves, duplicate = lex(record, config.max_depth, config.max_nodes)
        told = siblings.find(record, leaves, hints, budget=budget)
        looked = _Looked(duplicate)
        for at, leaf in enumerate(leaves):
            if leaf.key_start >= 0:
                text = decode(record[leaf.key_start : leaf.key_end])
                place = Place(leaf.path, "key", "key", leaf.key_start, leaf.key_end, text)
                self._ask(looked, place, hints.for_text_of(text), False, budget)
            if leaf.kind in (STRING, NUMBER):
                number = leaf.kind == NUMBER
                text = decode(record[leaf.start : leaf.end])
                place = Place(leaf.path, "value", "number" if number else "string", leaf.start, leaf.end, text)
                self._ask(looked, place, told.infos.get(at) or hints.for_pointer(leaf.path), number, budget)
        budget.close()
        return looked

    def _ask(self, looked: _Looked, place: Place, info: KeyInfo, number: bool, budget: Budget) -> None:
        place.hits = self.engine.scanner.scan(place.text, info, number=number, budget=budget, prose=place.prose)
        if place.hits or place.prose:
            looked.places.append(place)


class _Looked:
    """What stands in one record so far."""

    def __init__(self, duplicate: bool) -> None:
        self.duplicate = duplicate
        self.places: list[Place] = []

    @property
    def has_prose(self) -> bool:
        return any(place.prose for place in self.places)
