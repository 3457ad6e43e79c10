"""German identity card or passport number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def de_identity_card() -> Rule:
    """https://www.bmi.bund.de/EN/topics/administrative-reform/identity-cards/identity-cards-node.html"""
    return Rule(
        id="de-identity-card",
        entity="DE_ID_CARD",
        label="German identity card or passport number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d?))(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=national_checks.icao_document,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "personalausweis, ausweisnummer, ausweis, reisepass, passnummer, personalausweisnummer",
            "reisepassnummer, ausweis nr, ausweisnr",
        ),
        keys=words(
            "personalausweis, personalausweisnummer, ausweisnummer, reisepass, reisepassnummer, passnummer",
            "ausweis nr, ausweisnr",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d",
        countries=("DE",),
        matches=(
            "personalausweis: ⟦L0RJXG8Z2⟧",
            "personalausweis ⟦L0RJXG8Z2⟧",
        ),
        ignores=(
            "order L0RJXG8Z2",
            "personalausweis LMZKWNJGJ",
        ),
    )
