"""Latvian personal code."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def lv_person_code() -> Rule:
    """https://www.pmlp.gov.lv/en/personal-code"""
    return Rule(
        id="lv-person-code",
        entity="LV_PERSONAL_CODE",
        label="Latvian personal code",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:\d{6}|32\d{4})-?\d{5})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.latvian_code,
        valid_score=0.9,
        needs_context=True,
        context=words("personas kods, personal code lv, personaskods"),
        keys=words("personas kods, personal code lv, personaskods"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-[012]\d{4}",
        countries=("LV",),
        matches=(
            "personas_kods: ⟦321583-79542⟧",
            "personas kods ⟦321583-79542⟧",
        ),
        ignores=("order 321583-79542",),
    )
