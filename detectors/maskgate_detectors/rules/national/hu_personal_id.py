"""Hungarian personal number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def hu_personal_id() -> Rule:
    """https://www.magyarorszag.hu/"""
    return Rule(
        id="hu-personal-id",
        entity="HU_PERSONAL_ID",
        label="Hungarian personal number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[1-8][- ]?\d{6}[- ]?\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words(
            "személyi szám, személyi azonosító, szemelyi szam, szemelyi azonosito, szemelyazonosito",
            "szemelyi igazolvany szam",
        ),
        keys=words("szemelyi szam, szemelyi azonosito, szemelyazonosito, szemelyi igazolvany szam"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("HU",),
        matches=(
            "szemelyi_szam: ⟦1-800101-2288⟧",
            "személyi szám ⟦1-800101-2288⟧",
        ),
        ignores=("order 1-800101-2288",),
    )
