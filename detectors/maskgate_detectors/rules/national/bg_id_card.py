"""Bulgarian identity card number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def bg_id_card() -> Rule:
    """https://www.mvr.bg/"""
    return Rule(
        id="bg-id-card",
        entity="BG_ID_CARD",
        label="Bulgarian identity card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{9}|[A-Z]{2}\d{7})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("лична карта, lichna karta, lichna karta nomer"),
        keys=words("lichna karta, lichna karta nomer, лична карта"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("BG",),
        matches=(
            "lichna_karta: ⟦LQ1197482⟧",
            "лична карта ⟦LQ1197482⟧",
        ),
        ignores=("order LQ1197482",),
    )
