"""New Zealand tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def nz_ird() -> Rule:
    """https://www.ird.govt.nz/managing-my-tax/ird-numbers"""
    return Rule(
        id="nz-ird",
        entity="NZ_IRD",
        label="New Zealand tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2,3}[- ]?\d{3}[- ]?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("nz.ird"),
        valid_score=0.9,
        needs_context=True,
        context=words("ird, inland revenue, ird number, ird no"),
        keys=words("ird, ird number, ird no"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("NZ",),
        matches=(
            "ird: ⟦100-146-266⟧",
            "ird ⟦100-146-266⟧",
        ),
        ignores=(
            "order 100-146-266",
            "ird 894-446-035",
        ),
    )
