"""Italian VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def it_vat_code() -> Rule:
    """https://www.agenziaentrate.gov.it/"""
    return Rule(
        id="it-vat-code",
        entity="IT_VAT_CODE",
        label="Italian VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>(?:IT ?)\d{11})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"(?:IT ?)\d{11}",),
        validate=stdnum("it.iva"),
        valid_score=0.85,
        context=words("partita iva, p.iva, p. iva, p iva, piva, partitaiva"),
        keys=words("partita iva, p iva, piva, partitaiva"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("IT",),
        matches=(
            "partita_iva: ⟦IT05758820269⟧",
            "partita iva ⟦IT05758820269⟧",
            "⟦IT05758820269⟧",
        ),
        ignores=("IT97552867203",),
    )
