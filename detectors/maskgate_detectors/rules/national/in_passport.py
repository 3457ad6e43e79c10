"""Indian passport number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def in_passport() -> Rule:
    """https://www.passportindia.gov.in/"""
    return Rule(
        id="in-passport",
        entity="IN_PASSPORT",
        label="Indian passport number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[A-PR-WY][1-9]\d ?\d{4}[1-9]))(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("passport, indian passport, passport number in"),
        keys=words("indian passport, passport in, passport number in"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("IN",),
        matches=(
            "indian_passport: ⟦Y2155869⟧",
            "passport ⟦Y2155869⟧",
        ),
        ignores=("order Y2155869",),
    )
