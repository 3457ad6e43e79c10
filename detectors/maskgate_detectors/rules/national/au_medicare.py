"""Australian Medicare number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def au_medicare() -> Rule:
    """https://www.servicesaustralia.gov.au/medicare-card"""
    return Rule(
        id="au-medicare",
        entity="AU_MEDICARE",
        label="Australian Medicare number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[2-6]\d{3} ?\d{5} ?\d(?:[ /-]?\d)?)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.australian_medicare,
        valid_score=0.9,
        needs_context=True,
        context=words("medicare number", "medicare, medicare number, medicare card, medicare no, medicare card number"),
        keys=words("medicare, medicare number, medicare card, medicare no, medicare card number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[2-6]\d{3} \d{5} \d(?:[ /-]?\d)?",
        countries=("AU",),
        matches=(
            "medicare: ⟦2813 24819 1⟧",
            "medicare ⟦2813 24819 1⟧",
        ),
        ignores=(
            "order 2813 24819 1",
            "medicare 2174 11613 0",
        ),
    )
