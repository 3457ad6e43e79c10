"""Peruvian tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def pe_ruc() -> Rule:
    """https://www.sunat.gob.pe/"""
    return Rule(
        id="pe-ruc",
        entity="PE_RUC",
        label="Peruvian tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[12]\d{10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("pe.ruc"),
        valid_score=0.9,
        needs_context=True,
        context=words("ruc, numero ruc"),
        keys=words("ruc, numero ruc"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PE",),
        matches=(
            "ruc: ⟦20193179879⟧",
            "ruc ⟦20193179879⟧",
        ),
        ignores=(
            "order 20193179879",
            "ruc 20638051619",
        ),
    )
