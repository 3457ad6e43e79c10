"""Hong Kong identity card number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def hk_id() -> Rule:
    """https://www.immd.gov.hk/"""
    return Rule(
        id="hk-id",
        entity="HK_ID_CARD",
        label="Hong Kong identity card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[A-Z]{1,2}\d{6}\(?[\dA]\)?)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.hong_kong_id,
        valid_score=0.9,
        needs_context=True,
        context=words("hkid, hong kong identity, 身份證, hkid number, hk id, 香港身份證"),
        keys=words("hkid, hkid number, hk id, 香港身份證"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[A-Z]{1,2}\d{6}\([\dA]\)",
        countries=("HK",),
        matches=(
            "hkid: ⟦U086053(8)⟧",
            "hkid ⟦U086053(8)⟧",
        ),
        ignores=(
            "order U086053(8)",
            "hkid F130769(3)",
        ),
    )
