"""Greek VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def gr_vat() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="gr-vat",
        entity="GR_VAT_CODE",
        label="Greek VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>(?:EL|GR) ?\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"(?:EL|GR) ?\d{9}",),
        validate=stdnum("gr.vat"),
        valid_score=0.85,
        context=words("αφμ, afm, a f m"),
        keys=words("afm, αφμ, a f m"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("GR",),
        matches=(
            "afm: ⟦EL146550018⟧",
            "αφμ ⟦EL146550018⟧",
            "⟦EL146550018⟧",
        ),
        ignores=("EL448646484",),
    )
