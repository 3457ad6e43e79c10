"""Ecuadorian identity number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ec_ci() -> Rule:
    """https://www.registrocivil.gob.ec/"""
    return Rule(
        id="ec-ci",
        entity="EC_CI",
        label="Ecuadorian identity number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{9}-?\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("ec.ci"),
        valid_score=0.9,
        needs_context=True,
        context=words("cédula, cedula, cedula de identidad, numero de cedula, cedula ecuador"),
        keys=words("cedula, cedula de identidad, numero de cedula, cedula ecuador"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("EC",),
        matches=(
            "cedula: ⟦173430635-8⟧",
            "cédula ⟦173430635-8⟧",
        ),
        ignores=(
            "order 173430635-8",
            "cédula 170123090-7",
        ),
    )
