"""Estonian VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ee_kmkr() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="ee-kmkr",
        entity="EE_VAT_CODE",
        label="Estonian VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>EE ?\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"EE ?\d{9}",),
        validate=stdnum("ee.kmkr"),
        valid_score=0.85,
        context=words("kmkr, kaibemaksukohustuslase number"),
        keys=words("kmkr, kaibemaksukohustuslase number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("EE",),
        matches=(
            "kmkr: ⟦EE467413816⟧",
            "kmkr ⟦EE467413816⟧",
            "⟦EE467413816⟧",
        ),
        ignores=("EE889166177",),
    )
