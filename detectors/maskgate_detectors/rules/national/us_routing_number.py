"""US bank routing number."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def us_routing_number() -> Rule:
    """https://www.aba.com/about-us/routing-number"""
    return Rule(
        id="us-routing-number",
        entity="US_ROUTING_NUMBER",
        label="US bank routing number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=checksums.aba_routing,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "routing number, aba, routing, routing no, aba number, rtn, aba routing number",
            "routing transit number, ach routing",
        ),
        keys=words(
            "routing number, routing no, aba, aba number, rtn, aba routing number, routing transit number",
            "ach routing",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("US",),
        matches=(
            "routing_number: ⟦081336379⟧",
            "routing number ⟦081336379⟧",
        ),
        ignores=(
            "order 081336379",
            "routing number 053349359",
        ),
    )
