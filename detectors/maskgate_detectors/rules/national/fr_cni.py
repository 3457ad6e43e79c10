"""French identity card number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def fr_cni() -> Rule:
    """https://www.service-public.fr/particuliers/vosdroits/N358"""
    return Rule(
        id="fr-cni",
        entity="FR_ID_CARD",
        label="French identity card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:\d{12}|[A-Z0-9]{9}))(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words(
            "carte d'identité, carte nationale d'identité, cni, carte d identite, numero cni",
            "carte nationale d identite, numero carte identite",
        ),
        keys=words("carte d identite, numero cni, cni, carte nationale d identite, numero carte identite"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("FR",),
        matches=(
            "carte_d_identite: ⟦863602331022⟧",
            "carte d'identité ⟦863602331022⟧",
        ),
        ignores=("order 863602331022",),
    )
