"""Vietnamese citizen identity number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def vn_cccd() -> Rule:
    """https://dichvucong.gov.vn/"""
    return Rule(
        id="vn-cccd",
        entity="VN_CITIZEN_ID",
        label="Vietnamese citizen identity number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>0\d{2}[0-3]\d{8})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("cccd, cmnd, căn cước, can cuoc cong dan, so cccd"),
        keys=words("cccd, cmnd, can cuoc cong dan, so cccd"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("VN",),
        matches=(
            "cccd: ⟦001080329534⟧",
            "cccd ⟦001080329534⟧",
        ),
        ignores=("order 001080329534",),
    )
