"""Russian tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ru_inn() -> Rule:
    """https://www.nalog.gov.ru/"""
    return Rule(
        id="ru-inn",
        entity="RU_INN",
        label="Russian tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{12}|\d{10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("ru.inn"),
        valid_score=0.9,
        needs_context=True,
        context=words("инн, inn number"),
        keys=words("inn, инн, inn number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("RU",),
        matches=(
            "inn: ⟦2108983350⟧",
            "инн ⟦2108983350⟧",
        ),
        ignores=(
            "order 2108983350",
            "инн 3138342571",
        ),
    )
