"""Chinese resident identity number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def cn_ric() -> Rule:
    """https://www.gov.cn/"""
    return Rule(
        id="cn-ric",
        entity="CN_RESIDENT_ID",
        label="Chinese resident identity number",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d"
            r"|3[01])\d{3}[\dXx])(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        triggers=(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]",),
        validate=stdnum("cn.ric"),
        valid_score=0.85,
        context=words(
            "身份证, 身份证号, 公民身份, 身份证号码, resident id, resident identity card, shenfenzheng, id card cn"
        ),
        keys=words("身份证, 身份证号, 身份证号码, resident id, resident identity card, shenfenzheng, id card cn"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("CN",),
        matches=(
            "resident_id: ⟦110105198001012150⟧",
            "身份证 ⟦110105198001012150⟧",
            "⟦110105198001012150⟧",
        ),
        ignores=("110105198001015645",),
    )
