"""German pension insurance number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def de_social_security() -> Rule:
    """https://www.deutsche-rentenversicherung.de/"""
    return Rule(
        id="de-social-security",
        entity="DE_SOCIAL_SECURITY",
        label="German pension insurance number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2} ?(?:0[1-9]|[1-3]\d|[4-9]\d)(?:0[1-9]|1[0-2])\d{2} ?[A-Z] "
            r"?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=national_checks.german_pension_number,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "rentenversicherungsnummer, sozialversicherungsnummer, rentenversicherung, rvnr, sv nummer",
            "versicherungsnummer, rv nummer",
        ),
        keys=words(
            "rentenversicherungsnummer, sozialversicherungsnummer, rvnr, sv nummer, versicherungsnummer", "rv nummer"
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{2} ?\d{6} ?[A-Z] ?\d{3}",
        countries=("DE",),
        matches=(
            "rentenversicherungsnummer: ⟦65010180E426⟧",
            "rentenversicherungsnummer ⟦65010180E426⟧",
        ),
        ignores=(
            "order 65010180E426",
            "rentenversicherungsnummer 65010180H714",
        ),
    )
