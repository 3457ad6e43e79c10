"""Italian identity card number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def it_identity_card() -> Rule:
    """https://www.cartaidentita.interno.gov.it/"""
    return Rule(
        id="it-identity-card",
        entity="IT_IDENTITY_CARD",
        label="Italian identity card number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[A-Z]{2} ?\d{7}|\d{7}[A-Z]{2}|[A-Z]{2}\d{5}[A-Z]{2}))(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words(
            "documento",
            "carta d'identità, carta di identità, carta identità, carta d identita, carta identita",
            "numero carta identita",
        ),
        keys=words("carta d identita, carta identita, numero carta identita"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"C[A-Z]\d{5}[A-Z]{2}",
        countries=("IT",),
        matches=(
            "carta_d_identita: ⟦CQ33682HY⟧",
            "carta d'identità ⟦CQ33682HY⟧",
        ),
        ignores=("order CQ33682HY",),
    )
