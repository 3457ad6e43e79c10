"""Moldovan state number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def md_idno() -> Rule:
    """https://asp.gov.md/"""
    return Rule(
        id="md-idno",
        entity="MD_IDNO",
        label="Moldovan state number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[012]\d{12})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("md.idno"),
        valid_score=0.9,
        needs_context=True,
        context=words("idno, idnp"),
        keys=words("idno, idnp"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("MD",),
        matches=(
            "idno: ⟦2207634230568⟧",
            "idno ⟦2207634230568⟧",
        ),
        ignores=(
            "order 2207634230568",
            "idno 2170091890580",
        ),
    )
