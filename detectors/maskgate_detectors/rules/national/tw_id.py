"""Taiwanese national identification number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def tw_id() -> Rule:
    """https://www.ris.gov.tw/"""
    return Rule(
        id="tw-id",
        entity="TW_NATIONAL_ID",
        label="Taiwanese national identification number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[A-Z][1289]\d{8})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.taiwanese_id,
        valid_score=0.9,
        needs_context=True,
        context=words("身分證, 身分證字號, national id tw"),
        keys=words("身分證, 身分證字號, national id tw"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[A-Z][1289]\d{8}",
        countries=("TW",),
        matches=(
            "national_id_tw: ⟦K110565956⟧",
            "身分證 ⟦K110565956⟧",
        ),
        ignores=(
            "order K110565956",
            "身分證 I122349494",
        ),
    )
