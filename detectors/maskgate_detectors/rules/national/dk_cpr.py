"""Danish personal number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def dk_cpr() -> Rule:
    """https://cpr.dk/cpr-systemet/opbygning-af-cpr-nummeret"""
    return Rule(
        id="dk-cpr",
        entity="DK_CPR",
        label="Danish personal number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{6}[- ]?\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("dk.cpr"),
        valid_score=0.9,
        needs_context=True,
        context=words("cpr, cpr-nummer, personnummer, cpr nummer, cpr nr, cprnr, personnummer dk"),
        keys=words("cpr, cpr nummer, cpr nr, cprnr, personnummer dk"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-\d{4}",
        countries=("DK",),
        matches=(
            "cpr: ⟦010180-1055⟧",
            "cpr ⟦010180-1055⟧",
        ),
        ignores=("order 010180-1055",),
    )
