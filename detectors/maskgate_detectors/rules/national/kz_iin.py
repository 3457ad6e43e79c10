"""Kazakh individual number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def kz_iin() -> Rule:
    """https://egov.kz/"""
    return Rule(
        id="kz-iin",
        entity="KZ_IIN",
        label="Kazakh individual number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[0-6]\d{5})(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words("иин, жсн, iin"),
        keys=words("iin, жсн, иин"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("KZ",),
        matches=(
            "iin: ⟦800101350713⟧",
            "иин ⟦800101350713⟧",
        ),
        ignores=("order 800101350713",),
    )
