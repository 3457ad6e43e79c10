"""Slovenian tax and VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def si_ddv() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="si-ddv",
        entity="SI_VAT_CODE",
        label="Slovenian tax and VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>SI ?\d{8})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"SI ?\d{8}",),
        validate=stdnum("si.ddv"),
        valid_score=0.85,
        context=words("davčna, davcna stevilka, id za ddv"),
        keys=words("davcna stevilka, id za ddv"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("SI",),
        matches=(
            "davcna_stevilka: ⟦SI69911622⟧",
            "davčna ⟦SI69911622⟧",
            "⟦SI69911622⟧",
        ),
        ignores=("SI32974975",),
    )
