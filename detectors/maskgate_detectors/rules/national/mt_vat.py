"""Maltese VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def mt_vat() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="mt-vat",
        entity="MT_VAT_CODE",
        label="Maltese VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>MT ?\d{8})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"MT ?\d{8}",),
        validate=stdnum("mt.vat"),
        valid_score=0.85,
        context=words("vat number mt, vat no mt"),
        keys=words("vat number mt, vat no mt"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("MT",),
        matches=(
            "vat_number_mt: ⟦MT81652033⟧",
            "vat number mt ⟦MT81652033⟧",
            "⟦MT81652033⟧",
        ),
        ignores=("MT28748055",),
    )
