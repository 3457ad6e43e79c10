"""Spanish passport number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def es_passport() -> Rule:
    """https://www.interior.gob.es/"""
    return Rule(
        id="es-passport",
        entity="ES_PASSPORT",
        label="Spanish passport number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[A-Z]{2,3}\d{6}[A-Z]?))(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("pasaporte, numero de pasaporte, numero pasaporte, no pasaporte"),
        keys=words("pasaporte, numero de pasaporte, numero pasaporte, no pasaporte"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("ES",),
        matches=(
            "pasaporte: ⟦PYB914517⟧",
            "pasaporte ⟦PYB914517⟧",
        ),
        ignores=("order PYB914517",),
    )
