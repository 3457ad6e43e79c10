"""French VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def fr_tva() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="fr-tva",
        entity="FR_VAT_CODE",
        label="French VAT number",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>FR ?[0-9A-HJ-NP-Z]{2} ?\d{3} ?\d{3} ?\d{3})(?:$|[^\w.-]|[.-](?:$"
            r"|[^\w]))"
        ),
        triggers=(r"FR ?[0-9A-HJ-NP-Z]{2} ?\d{3} ?\d{3} ?\d{3}",),
        validate=stdnum("fr.tva"),
        valid_score=0.85,
        context=words("numero de tva, tva intracommunautaire, num tva"),
        keys=words("numero de tva, tva intracommunautaire, num tva"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("FR",),
        matches=(
            "numero_de_tva: ⟦FR50507465342⟧",
            "numero de tva ⟦FR50507465342⟧",
            "⟦FR50507465342⟧",
        ),
        ignores=("FR04886214067",),
    )
