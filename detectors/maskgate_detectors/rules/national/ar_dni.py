"""Argentine identity number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ar_dni() -> Rule:
    """https://www.argentina.gob.ar/dni"""
    return Rule(
        id="ar-dni",
        entity="AR_DNI",
        label="Argentine identity number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{1,2}\.\d{3}\.\d{3}|\d{8})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("documento nacional, documento", "dni, dni ar, numero de documento, nro documento"),
        keys=words("dni, dni ar, numero de documento, nro documento"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("AR",),
        matches=(
            "dni: ⟦24.430.523⟧",
            "dni ⟦24.430.523⟧",
        ),
        ignores=("order 24.430.523",),
    )
