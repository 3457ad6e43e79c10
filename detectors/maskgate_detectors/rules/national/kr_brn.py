"""Korean business registration number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def kr_brn() -> Rule:
    """https://www.nts.go.kr/"""
    return Rule(
        id="kr-brn",
        entity="KR_BRN",
        label="Korean business registration number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3}-?\d{2}-?\d{5})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("kr.brn"),
        valid_score=0.9,
        needs_context=True,
        context=words("사업자등록번호, business registration, business registration number, brn"),
        keys=words("business registration number, brn, 사업자등록번호"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{3}-\d{2}-\d{5}",
        countries=("KR",),
        matches=(
            "business_registration_number: ⟦434-15-02039⟧",
            "사업자등록번호 ⟦434-15-02039⟧",
        ),
        ignores=(
            "order 434-15-02039",
            "사업자등록번호 074-41-06819",
        ),
    )
