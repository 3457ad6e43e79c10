"""Philippine social security and unified multi-purpose numbers."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ph_sss() -> Rule:
    """https://www.sss.gov.ph/"""
    return Rule(
        id="ph-sss",
        entity="PH_SOCIAL_SECURITY",
        label="Philippine SSS, UMID or GSIS number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:\d{2}|\d{4})-\d{7}-\d|\d{10}|\d{12})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("umid, sss number, sss no, sss, crn, common reference number, gsis"),
        alone=r"\d{4}-\d{7}-\d",
        keys=words("umid, sss number, sss no, crn umid, gsis number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PH",),
        matches=("umid: ⟦0111-1234567-8⟧", "SSS number ⟦34-1234567-8⟧", "f3: ⟦0111-1234567-8⟧"),
        ignores=("order 0111-1234567-8", "umid: none"),
    )
