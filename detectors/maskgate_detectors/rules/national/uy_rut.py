"""Uruguayan tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def uy_rut() -> Rule:
    """https://www.gub.uy/direccion-general-impositiva/"""
    return Rule(
        id="uy-rut",
        entity="UY_RUT",
        label="Uruguayan tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2}-?\d{6}-?001-?\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("uy.rut"),
        valid_score=0.9,
        needs_context=True,
        context=words("rut uy, rut uruguay"),
        keys=words("rut uy, rut uruguay"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("UY",),
        matches=(
            "rut_uy: ⟦216057760011⟧",
            "rut uy ⟦216057760011⟧",
        ),
        ignores=(
            "order 216057760011",
            "rut uy 212046070010",
        ),
    )
