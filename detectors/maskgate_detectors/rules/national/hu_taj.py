"""Hungarian social security number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def hu_taj() -> Rule:
    """https://www.neak.gov.hu/"""
    return Rule(
        id="hu-taj",
        entity="HU_TAJ",
        label="Hungarian social security number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3}[ -]?\d{3}[ -]?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.hungarian_taj,
        valid_score=0.9,
        needs_context=True,
        context=words("taj, taj-szám, taj szam, tajszam"),
        keys=words("taj, taj szam, tajszam"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("HU",),
        matches=(
            "taj: ⟦317 506 884⟧",
            "taj ⟦317 506 884⟧",
        ),
        ignores=(
            "order 317 506 884",
            "taj 379 401 297",
        ),
    )
