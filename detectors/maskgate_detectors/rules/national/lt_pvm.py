"""Lithuanian VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def lt_pvm() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="lt-pvm",
        entity="LT_VAT_CODE",
        label="Lithuanian VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>LT ?(?:\d{12}|\d{9}))(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"LT ?(?:\d{12}|\d{9})",),
        validate=stdnum("lt.pvm"),
        valid_score=0.85,
        context=words("pvm, pvm kodas, pvm moketojo kodas"),
        keys=words("pvm kodas, pvm moketojo kodas"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("LT",),
        matches=(
            "pvm_kodas: ⟦LT691493313⟧",
            "pvm ⟦LT691493313⟧",
            "⟦LT691493313⟧",
        ),
        ignores=("LT731926614",),
    )
