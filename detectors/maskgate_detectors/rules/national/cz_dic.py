"""Czech VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def cz_dic() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="cz-dic",
        entity="CZ_VAT_CODE",
        label="Czech VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>CZ ?\d{8,10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"CZ ?\d{8,10}",),
        validate=stdnum("cz.dic"),
        valid_score=0.85,
        context=words("dič, danove identifikacni cislo"),
        keys=words("dic, danove identifikacni cislo"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("CZ",),
        matches=(
            "dic: ⟦CZ08148422⟧",
            "dič ⟦CZ08148422⟧",
            "⟦CZ08148422⟧",
        ),
        ignores=("CZ16547440",),
    )
