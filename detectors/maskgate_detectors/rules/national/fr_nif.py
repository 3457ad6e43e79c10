"""French tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def fr_nif() -> Rule:
    """https://www.impots.gouv.fr/"""
    return Rule(
        id="fr-nif",
        entity="FR_TAX_NUMBER",
        label="French tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[0-3]\d(?: ?\d{2})(?: ?\d{3}){3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("fr.nif"),
        valid_score=0.9,
        needs_context=True,
        context=words("numéro fiscal, numero fiscal, numero fiscal de reference, numero d imposition"),
        keys=words("numero fiscal, numero fiscal de reference, numero d imposition"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("FR",),
        matches=(
            "numero_fiscal: ⟦0381879504006⟧",
            "numéro fiscal ⟦0381879504006⟧",
        ),
        ignores=(
            "order 0381879504006",
            "numéro fiscal 0154955546704",
        ),
    )
