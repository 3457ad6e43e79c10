"""Portuguese tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def pt_nif() -> Rule:
    """https://www.portaldasfinancas.gov.pt/"""
    return Rule(
        id="pt-nif",
        entity="PT_NIF",
        label="Portuguese tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:PT ?)?[1235689]\d{2} ?\d{3} ?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("pt.nif"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "nif, contribuinte, nipc, nif pt, numero de contribuinte, numero de identificacao fiscal", "numero fiscal"
        ),
        keys=words(
            "nif, nif pt, numero de contribuinte, contribuinte, nipc, numero de identificacao fiscal", "numero fiscal"
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PT",),
        matches=(
            "nif: ⟦817628290⟧",
            "nif ⟦817628290⟧",
        ),
        ignores=(
            "order 817628290",
            "nif 560801650",
        ),
    )
