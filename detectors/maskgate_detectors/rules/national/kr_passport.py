"""Korean passport number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def kr_passport() -> Rule:
    """https://www.passport.go.kr/"""
    return Rule(
        id="kr-passport",
        entity="KR_PASSPORT",
        label="Korean passport number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[MSRODmsrod]\d{3}[A-Z]\d{4}|[MSRODmsrod]\d{8})(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words("여권번호, 여권, passport, passport kr"),
        keys=words("여권번호, passport kr"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[MSRODG]\d{3}[A-Z]\d{4}",
        countries=("KR",),
        matches=(
            "passport_kr: ⟦M61027208⟧",
            "여권번호 ⟦M61027208⟧",
        ),
        ignores=("order M61027208",),
    )
