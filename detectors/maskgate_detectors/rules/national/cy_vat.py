"""Cypriot VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def cy_vat() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="cy-vat",
        entity="CY_VAT_CODE",
        label="Cypriot VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>CY ?\d{8}[A-Z])(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"CY ?\d{8}[A-Z]",),
        validate=stdnum("cy.vat"),
        valid_score=0.85,
        context=words("fpa, afm cy, arithmos fpa"),
        keys=words("afm cy, arithmos fpa"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("CY",),
        matches=(
            "afm_cy: ⟦CY00156265R⟧",
            "fpa ⟦CY00156265R⟧",
            "⟦CY00156265R⟧",
        ),
        ignores=("CY92330978E",),
    )
