"""Estonian personal code."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ee_ik() -> Rule:
    """https://www.siseministeerium.ee/en/personal-identification-code"""
    return Rule(
        id="ee-ik",
        entity="EE_ID_CODE",
        label="Estonian personal code",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[1-8]\d{10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("ee.ik"),
        valid_score=0.9,
        needs_context=True,
        context=words("isikukood, personal code"),
        keys=words("isikukood"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("EE",),
        matches=(
            "isikukood: ⟦38001010587⟧",
            "isikukood ⟦38001010587⟧",
        ),
        ignores=(
            "order 38001010587",
            "isikukood 38001010258",
        ),
    )
