"""Irish VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ie_vat() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="ie-vat",
        entity="IE_VAT_CODE",
        label="Irish VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>IE ?\d[0-9A-Z+*]\d{5}[A-W][A-I]?)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"IE ?\d[0-9A-Z+*]\d{5}[A-W][A-I]?",),
        validate=stdnum("ie.vat"),
        valid_score=0.85,
        context=words("vat number ie, vat reg ie"),
        keys=words("vat number ie, vat reg ie"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("IE",),
        matches=(
            "vat_number_ie: ⟦IE5533118P⟧",
            "vat number ie ⟦IE5533118P⟧",
            "⟦IE5533118P⟧",
        ),
        ignores=("IE4692306O",),
    )
