"""Venezuelan tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ve_rif() -> Rule:
    """https://www.seniat.gob.ve/"""
    return Rule(
        id="ve-rif",
        entity="VE_RIF",
        label="Venezuelan tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[VEJPG]-?\d{8}-?\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("ve.rif"),
        valid_score=0.9,
        needs_context=True,
        context=words("numero rif, rif:"),
        keys=words("rif, numero rif"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[VEJPG]-\d{8}-\d",
        countries=("VE",),
        matches=(
            "rif: ⟦J-22364979-2⟧",
            "numero rif ⟦J-22364979-2⟧",
        ),
        ignores=(
            "order J-22364979-2",
            "numero rif J-91008175-4",
        ),
    )
