"""Indian Aadhaar number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def in_aadhaar() -> Rule:
    """https://uidai.gov.in/"""
    return Rule(
        id="in-aadhaar",
        entity="IN_AADHAAR",
        label="Indian Aadhaar number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[2-9]\d{3}[ -]?\d{4}[ -]?\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("in_.aadhaar"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "आधार संख्या, आधार नंबर",
            "aadhaar, aadhar, uidai, आधार, aadhaar number, aadhaar no, aadhar number, uid number",
            "aadhaar card",
        ),
        keys=words("aadhaar, aadhar, aadhaar number, aadhaar no, aadhar number, uidai, uid number, aadhaar card"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}",
        countries=("IN",),
        matches=(
            "aadhaar: ⟦9643 4510 3320⟧",
            "aadhaar ⟦9643 4510 3320⟧",
        ),
        ignores=(
            "order 9643 4510 3320",
            "aadhaar 3116 6445 9983",
        ),
    )
