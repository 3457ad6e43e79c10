"""Serbian tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def rs_pib() -> Rule:
    """https://www.purs.gov.rs/"""
    return Rule(
        id="rs-pib",
        entity="RS_PIB",
        label="Serbian tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("rs.pib"),
        valid_score=0.9,
        needs_context=True,
        context=words("pib, пиб, poreski identifikacioni broj"),
        keys=words("pib, пиб, poreski identifikacioni broj"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("RS",),
        matches=(
            "pib: ⟦246240212⟧",
            "pib ⟦246240212⟧",
        ),
        ignores=(
            "order 246240212",
            "pib 402805497",
        ),
    )
