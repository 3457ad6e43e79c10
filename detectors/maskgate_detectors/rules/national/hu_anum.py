"""Hungarian VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def hu_anum() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="hu-anum",
        entity="HU_VAT_CODE",
        label="Hungarian VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>HU ?\d{8})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"HU ?\d{8}",),
        validate=stdnum("hu.anum"),
        valid_score=0.85,
        context=words("adószám, adoszam, kozossegi adoszam"),
        keys=words("adoszam, kozossegi adoszam"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("HU",),
        matches=(
            "adoszam: ⟦HU45996425⟧",
            "adószám ⟦HU45996425⟧",
            "⟦HU45996425⟧",
        ),
        ignores=("HU19761450",),
    )
