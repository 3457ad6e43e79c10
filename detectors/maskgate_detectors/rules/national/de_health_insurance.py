"""German health insurance number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def de_health_insurance() -> Rule:
    """https://www.gkv-datenaustausch.de/"""
    return Rule(
        id="de-health-insurance",
        entity="DE_HEALTH_INSURANCE",
        label="German health insurance number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[A-Z]\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.german_health_number,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "krankenversichertennummer, versichertennummer, kvnr, krankenkasse, krankenkassennummer",
            "krankenversicherungsnummer",
        ),
        keys=words(
            "krankenversichertennummer, kvnr, versichertennummer, krankenkassennummer", "krankenversicherungsnummer"
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("DE",),
        matches=(
            "krankenversichertennummer: ⟦S915370720⟧",
            "krankenversichertennummer ⟦S915370720⟧",
        ),
        ignores=(
            "order S915370720",
            "krankenversichertennummer Q609703134",
        ),
    )
