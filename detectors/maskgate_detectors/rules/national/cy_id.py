"""Cypriot identity card number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def cy_id() -> Rule:
    """https://www.moi.gov.cy/"""
    return Rule(
        id="cy-id",
        entity="CY_ID_CARD",
        label="Cypriot identity card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{6,10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("ταυτότητας, ταυτότητα, αριθμός ταυτότητας, arithmos taftotitas, deltio taftotitas"),
        keys=words("ταυτότητα, αριθμός ταυτότητας, arithmos taftotitas, deltio taftotitas"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("CY",),
        matches=(
            "arithmos_taftotitas: ⟦49667790⟧",
            "ταυτότητας ⟦49667790⟧",
        ),
        ignores=("order 49667790",),
    )
