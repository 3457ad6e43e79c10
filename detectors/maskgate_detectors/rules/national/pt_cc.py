"""Portuguese citizen card number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def pt_cc() -> Rule:
    """https://www.autenticacao.gov.pt/"""
    return Rule(
        id="pt-cc",
        entity="PT_CITIZEN_CARD",
        label="Portuguese citizen card number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{8} ?\d ?[A-Z]{2}\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{8} ?\d ?[A-Z]{2}\d",),
        validate=stdnum("pt.cc"),
        valid_score=0.85,
        context=words(
            "cartão de cidadão, cartao de cidadao, numero cartao cidadao, numero cartao de cidadao",
            "cartao cidadao, bilhete de identidade",
        ),
        keys=words(
            "cartao de cidadao, numero cartao cidadao, numero cartao de cidadao, cartao cidadao",
            "bilhete de identidade",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PT",),
        matches=(
            "cartao_de_cidadao: ⟦707775693RI1⟧",
            "cartão de cidadão ⟦707775693RI1⟧",
            "⟦707775693RI1⟧",
        ),
        ignores=("448282149WN8",),
    )
