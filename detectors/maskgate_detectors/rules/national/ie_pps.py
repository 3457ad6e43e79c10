"""Irish personal public service number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ie_pps() -> Rule:
    """https://www.gov.ie/en/department-of-social-protection/services/get-a-personal-public-service-pps-number/"""
    return Rule(
        id="ie-pps",
        entity="IE_PPS",
        label="Irish personal public service number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{7}[A-W][A-IW]?)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("ie.pps"),
        valid_score=0.9,
        needs_context=True,
        context=words("pps, ppsn, pps number, personal public service number, pps no"),
        keys=words("pps, ppsn, pps number, personal public service number, pps no"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{7}[A-W][A-IW]?",
        countries=("IE",),
        matches=(
            "pps: ⟦1846605N⟧",
            "pps ⟦1846605N⟧",
        ),
        ignores=(
            "order 1846605N",
            "pps 4716761B",
        ),
    )
