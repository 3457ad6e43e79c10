"""Russian pension insurance number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ru_snils() -> Rule:
    """https://sfr.gov.ru/"""
    return Rule(
        id="ru-snils",
        entity="RU_SNILS",
        label="Russian pension insurance number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3}-?\d{3}-?\d{3}[ -]?\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.russian_snils,
        valid_score=0.9,
        needs_context=True,
        context=words("снилс, snils"),
        keys=words("snils, снилс"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("RU",),
        matches=(
            "snils: ⟦513-137-912 53⟧",
            "снилс ⟦513-137-912 53⟧",
        ),
        ignores=(
            "order 513-137-912 53",
            "снилс 916-256-141 98",
        ),
    )


@detector
def ru_snils_written() -> Rule:
    """https://sfr.gov.ru/"""
    return Rule(
        id="ru-snils-written",
        entity="RU_SNILS",
        label="Russian pension insurance number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{3}-\d{3}-\d{3}[ -]\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{3}-\d{3}-\d{3}[ -]\d{2}",),
        validate=national_checks.russian_snils,
        valid_score=0.85,
        countries=("RU",),
        matches=(
            "⟦886-312-340 24⟧",
            "ref ⟦886-312-340 24⟧.",
        ),
        ignores=("984-773-540 16",),
    )
