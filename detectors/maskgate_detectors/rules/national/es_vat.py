"""Spanish VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def es_vat() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="es-vat",
        entity="ES_VAT_CODE",
        label="Spanish VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>ES ?[A-Z0-9]\d{7}[A-Z0-9])(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"ES ?[A-Z0-9]\d{7}[A-Z0-9]",),
        validate=stdnum("es.nif", prefix="ES"),
        valid_score=0.85,
        context=words("nif iva, numero iva"),
        keys=words("nif iva, numero iva"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("ES",),
        matches=(
            "nif_iva: ⟦ES93117131K⟧",
            "nif iva ⟦ES93117131K⟧",
            "⟦ES93117131K⟧",
        ),
        ignores=("ES75544287W",),
    )
