"""Brazilian personal tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def br_cpf() -> Rule:
    """https://www.gov.br/receitafederal/"""
    return Rule(
        id="br-cpf",
        entity="BR_CPF",
        label="Brazilian personal tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3}\.\d{3}\.\d{3}-\d{2}|\d{9}-?\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("br.cpf"),
        valid_score=0.9,
        needs_context=True,
        context=words("cpf, numero cpf, cadastro de pessoas fisicas"),
        keys=words("cpf, numero cpf, cpf cnpj, cadastro de pessoas fisicas"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("BR",),
        matches=(
            "cpf: ⟦712.565.065-16⟧",
            "cpf ⟦712.565.065-16⟧",
        ),
        ignores=(
            "order 712.565.065-16",
            "cpf 581.709.012-71",
        ),
    )


@detector
def br_cpf_written() -> Rule:
    """https://www.gov.br/receitafederal/"""
    return Rule(
        id="br-cpf-written",
        entity="BR_CPF",
        label="Brazilian personal tax number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{3}\.\d{3}\.\d{3}-\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{3}\.\d{3}\.\d{3}-\d{2}",),
        validate=stdnum("br.cpf"),
        valid_score=0.85,
        countries=("BR",),
        matches=(
            "⟦103.906.277-63⟧",
            "ref ⟦103.906.277-63⟧.",
        ),
        ignores=("909.676.159-56",),
    )
