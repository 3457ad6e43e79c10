"""Why a record looks as it does after masking."""

from __future__ import annotations

from typing import Any

from maskgate.base.records import Quarantined, Record
from maskgate.masking.masker import Masker
from maskgate.policy_tests.cases import kind_of, leaves


def explain_record(record: Record, masker: Masker) -> dict[str, Any]:
    """Per place: finding, rule, operator, result; for people who may see the masked event."""
    outcome, bounds = masker.explain(record)
    if isinstance(outcome, Quarantined):
        return {"outcome": "quarantined", "code": outcome.code, "detail": outcome.detail, "fields": [], "event": None}
    found = leaves(outcome.value) if outcome.value else {}
    rows = []
    for use, bound in zip(outcome.fields, bounds, strict=True):
        rule, where = (bound.rule_id, bound.where) if bound else ("", "")
        result = found.get(use.path)
        rows.append(
            {
                "path": use.path, "entity": use.entity, "detector": use.detector, "score": use.score, "rule": rule,
                "where": where, "operator": use.operator, "result": None if result is None else str(result),
            }
        )  # fmt: skip
    answer: dict[str, Any] = {"outcome": kind_of(outcome), "fields": rows, "event": (outcome.value or b"").decode()}
    if hasattr(outcome, "export"):
        answer["export"] = dict(outcome.export)
    return answer
