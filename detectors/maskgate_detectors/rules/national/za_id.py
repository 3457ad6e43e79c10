"""South African identity number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def za_id() -> Rule:
    """https://www.dha.gov.za/"""
    return Rule(
        id="za-id",
        entity="ZA_ID",
        label="South African identity number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{6} ?\d{4} ?[01]\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("za.idnr"),
        valid_score=0.9,
        needs_context=True,
        context=words("south african id, sa id, rsa id, id number, sa id number, id number za"),
        keys=words("sa id, sa id number, rsa id, south african id, id number za"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}[01]8\d",
        countries=("ZA",),
        matches=(
            "sa_id: ⟦8001017849084⟧",
            "south african id ⟦8001017849084⟧",
        ),
        ignores=(
            "order 8001017849084",
            "south african id 8001011865084",
        ),
    )
