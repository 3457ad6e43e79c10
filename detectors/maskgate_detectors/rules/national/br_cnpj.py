"""Brazilian company number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def br_cnpj() -> Rule:
    """https://www.gov.br/receitafederal/"""
    return Rule(
        id="br-cnpj",
        entity="BR_CNPJ",
        label="Brazilian company number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("br.cnpj"),
        valid_score=0.9,
        needs_context=True,
        context=words("cnpj, numero cnpj"),
        keys=words("cnpj, numero cnpj"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("BR",),
        matches=(
            "cnpj: ⟦05.929.057/0001-93⟧",
            "cnpj ⟦05.929.057/0001-93⟧",
        ),
        ignores=(
            "order 05.929.057/0001-93",
            "cnpj 81.824.791/0001-65",
        ),
    )


@detector
def br_cnpj_written() -> Rule:
    """https://www.gov.br/receitafederal/"""
    return Rule(
        id="br-cnpj-written",
        entity="BR_CNPJ",
        label="Brazilian company number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}",),
        validate=stdnum("br.cnpj"),
        valid_score=0.85,
        countries=("BR",),
        matches=(
            "⟦37.080.098/0001-44⟧",
            "ref ⟦37.080.098/0001-44⟧.",
        ),
        ignores=("00.353.827/0001-01",),
    )
