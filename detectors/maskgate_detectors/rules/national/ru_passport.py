"""Russian internal passport number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ru_passport() -> Rule:
    """https://мвд.рф/"""
    return Rule(
        id="ru-passport",
        entity="RU_PASSPORT",
        label="Russian internal passport number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2} ?\d{2} ?\d{6})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("паспорт, паспорта, серия и номер паспорта, passport ru, pasport"),
        keys=words("паспорт, серия и номер паспорта, passport ru, pasport"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("RU",),
        matches=(
            "passport_ru: ⟦4510 355717⟧",
            "паспорт ⟦4510 355717⟧",
        ),
        ignores=("order 4510 355717",),
    )
