"""Korean registration number of a foreigner."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def kr_frn() -> Rule:
    """https://www.hikorea.go.kr/"""
    return Rule(
        id="kr-frn",
        entity="KR_FRN",
        label="Korean registration number of a foreigner",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?[5-8]\d{6})(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words(
            "외국인등록번호, alien registration, foreigner registration, frn, alien registration number",
            "foreigner registration number",
        ),
        keys=words("frn, alien registration number, foreigner registration number, 외국인등록번호"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("KR",),
        matches=(
            "frn: ⟦800101-5093528⟧",
            "외국인등록번호 ⟦800101-5093528⟧",
        ),
        ignores=("order 800101-5093528",),
    )
