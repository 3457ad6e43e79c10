"""Slovak VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def sk_dph() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="sk-dph",
        entity="SK_VAT_CODE",
        label="Slovak VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>SK ?\d{10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"SK ?\d{10}",),
        validate=stdnum("sk.dph"),
        valid_score=0.85,
        context=words("ič dph, ic dph, icdph"),
        keys=words("ic dph, icdph"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("SK",),
        matches=(
            "ic_dph: ⟦SK2498654554⟧",
            "ič dph ⟦SK2498654554⟧",
            "⟦SK2498654554⟧",
        ),
        ignores=("SK0647064628",),
    )
