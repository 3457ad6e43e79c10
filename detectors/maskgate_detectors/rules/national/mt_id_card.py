"""Maltese identity card number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def mt_id_card() -> Rule:
    """https://identita.gov.mt/"""
    return Rule(
        id="mt-id-card",
        entity="MT_ID_CARD",
        label="Maltese identity card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3,7}[MGAPLHBZ])(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words(
            "identity card, id card, karta tal-identità, id card number mt, id card no, karta tal identita",
            "identity card mt",
        ),
        keys=words("id card number mt, id card no, karta tal identita, identity card mt"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("MT",),
        matches=(
            "id_card_number_mt: ⟦2656439M⟧",
            "identity card ⟦2656439M⟧",
        ),
        ignores=("order 2656439M",),
    )
