"""Egyptian national number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def eg_id() -> Rule:
    """https://moi.gov.eg/"""
    return Rule(
        id="eg-id",
        entity="EG_NATIONAL_ID",
        label="Egyptian national number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[23]\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{7})(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words("الرقم القومي, national id eg, raqm qawmi"),
        keys=words("الرقم القومي, national id eg, raqm qawmi"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("EG",),
        matches=(
            "national_id_eg: ⟦28001018272393⟧",
            "الرقم القومي ⟦28001018272393⟧",
        ),
        ignores=("order 28001018272393",),
    )
