"""Polish identity card number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def pl_id_card() -> Rule:
    """https://www.gov.pl/web/gov/dowod-osobisty-informacje"""
    return Rule(
        id="pl-id-card",
        entity="PL_ID_CARD",
        label="Polish identity card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[A-Z]{3} ?\d{6})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=national_checks.polish_id_card,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "dowód osobisty, dowodu, dowód, numer dowodu, dowod osobisty, numer dowodu osobistego",
            "seria i numer dowodu, nr dowodu",
        ),
        keys=words("numer dowodu, dowod osobisty, numer dowodu osobistego, seria i numer dowodu, nr dowodu"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[A-Z]{3} \d{6}",
        countries=("PL",),
        matches=(
            "numer_dowodu: ⟦XVV849006⟧",
            "dowód osobisty ⟦XVV849006⟧",
        ),
        ignores=(
            "order XVV849006",
            "dowód osobisty JHM613704",
        ),
    )
