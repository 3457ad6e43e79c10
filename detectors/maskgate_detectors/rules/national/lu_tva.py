"""Luxembourg VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def lu_tva() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="lu-tva",
        entity="LU_VAT_CODE",
        label="Luxembourg VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>LU ?\d{8})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"LU ?\d{8}",),
        validate=stdnum("lu.tva"),
        valid_score=0.85,
        context=words("numero tva lu, tva lu"),
        keys=words("numero tva lu, tva lu"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("LU",),
        matches=(
            "numero_tva_lu: ⟦LU24224778⟧",
            "numero tva lu ⟦LU24224778⟧",
            "⟦LU24224778⟧",
        ),
        ignores=("LU38920778",),
    )
