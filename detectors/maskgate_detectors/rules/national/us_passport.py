"""US passport number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def us_passport() -> Rule:
    """https://travel.state.gov/content/travel/en/passports.html"""
    return Rule(
        id="us-passport",
        entity="US_PASSPORT",
        label="US passport number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[A-Z]?\d{8,9}))(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("us passport, passport, travel document, us passport number, passport us"),
        keys=words("us passport, us passport number, passport us"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("US",),
        matches=(
            "us_passport: ⟦357006609⟧",
            "us passport ⟦357006609⟧",
        ),
        ignores=("order 357006609",),
    )
