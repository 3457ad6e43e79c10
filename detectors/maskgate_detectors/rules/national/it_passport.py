"""Italian passport number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def it_passport() -> Rule:
    """https://www.poliziadistato.it/articolo/passaporto"""
    return Rule(
        id="it-passport",
        entity="IT_PASSPORT",
        label="Italian passport number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[A-Z]{2}\d{7}))(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("passaporto, numero passaporto, numero di passaporto"),
        keys=words("passaporto, numero passaporto, numero di passaporto"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("IT",),
        matches=(
            "passaporto: ⟦YT2155924⟧",
            "passaporto ⟦YT2155924⟧",
        ),
        ignores=("order YT2155924",),
    )
