"""Korean driver's licence number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def kr_driver_license() -> Rule:
    """https://www.safedriving.or.kr/"""
    return Rule(
        id="kr-driver-license",
        entity="KR_DRIVER_LICENSE",
        label="Korean driver's licence number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:1[1-9]|2[0-68])-\d{2}-\d{6}-\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("운전면허, 운전면허번호, driver license, driver license kr"),
        keys=words("운전면허번호, 운전면허, driver license kr"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"(?:1[1-9]|2[0-8])-\d{2}-\d{6}-\d{2}",
        countries=("KR",),
        matches=(
            "driver_license_kr: ⟦11-84-167886-75⟧",
            "운전면허 ⟦11-84-167886-75⟧",
        ),
        ignores=("order 11-84-167886-75",),
    )
