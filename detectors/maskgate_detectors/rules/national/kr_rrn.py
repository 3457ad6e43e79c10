"""Korean resident registration number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


@detector
def kr_rrn() -> Rule:
    """https://www.mois.go.kr/"""
    return Rule(
        id="kr-rrn",
        entity="KR_RRN",
        label="Korean resident registration number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?[1-8]\d{6})(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words(
            "주민등록번호, 주민번호, resident registration, rrn, resident registration number, jumin, jumin number"
        ),
        keys=words("rrn, resident registration number, jumin, jumin number, 주민등록번호, 주민번호"),
        key_decides=True,
        key_pattern=r"\d{6}[- ]?[1-8]\d{6}",
        numbers=True,
        alone=r"(?:[02-9]\d|1[0-4])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[1-4]\d{6}",
        countries=("KR",),
        matches=(
            "rrn: ⟦800101-1848796⟧",
            "주민등록번호 ⟦800101-1848796⟧",
        ),
        ignores=("order 800101-1848796", "rrn: 412398771234", "rrn: 000012345678"),
    )


@detector
def kr_rrn_written() -> Rule:
    """https://www.mois.go.kr/"""
    return Rule(
        id="kr-rrn-written",
        entity="KR_RRN",
        label="Korean resident registration number in its usual punctuation",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6})(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        triggers=(r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}",),
        score=0.7,
        countries=("KR",),
        matches=(
            "⟦800101-1694570⟧",
            "ref ⟦800101-1694570⟧.",
        ),
    )
