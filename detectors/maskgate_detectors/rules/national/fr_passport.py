"""French passport number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def fr_passport() -> Rule:
    """https://www.service-public.fr/particuliers/vosdroits/N360"""
    return Rule(
        id="fr-passport",
        entity="FR_PASSPORT",
        label="French passport number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:\d{2}[A-Z]{2}\d{5}))(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("passeport, numero de passeport, numero passeport, no passeport"),
        keys=words("passeport, numero de passeport, numero passeport, no passeport"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("FR",),
        matches=(
            "passeport: ⟦14DB30868⟧",
            "passeport ⟦14DB30868⟧",
        ),
        ignores=("order 14DB30868",),
    )
