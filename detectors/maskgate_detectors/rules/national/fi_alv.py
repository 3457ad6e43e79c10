"""Finnish VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def fi_alv() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="fi-alv",
        entity="FI_VAT_CODE",
        label="Finnish VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>FI ?\d{8})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"FI ?\d{8}",),
        validate=stdnum("fi.alv"),
        valid_score=0.85,
        context=words("alv, alv numero, alv nro"),
        keys=words("alv numero, alv nro"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("FI",),
        matches=(
            "alv_numero: ⟦FI06465415⟧",
            "alv ⟦FI06465415⟧",
            "⟦FI06465415⟧",
        ),
        ignores=("FI10127461",),
    )
