"""Bulgarian VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def bg_vat() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="bg-vat",
        entity="BG_VAT_CODE",
        label="Bulgarian VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>BG ?\d{9,10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"BG ?\d{9,10}",),
        validate=stdnum("bg.vat"),
        valid_score=0.85,
        context=words("ддс, dds nomer, zdds, ддс номер"),
        keys=words("dds nomer, zdds, ддс номер"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("BG",),
        matches=(
            "dds_nomer: ⟦BG913543132⟧",
            "ддс ⟦BG913543132⟧",
            "⟦BG913543132⟧",
        ),
        ignores=("BG701426467",),
    )
