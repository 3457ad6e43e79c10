"""Indian vehicle registration."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def in_vehicle_registration() -> Rule:
    """https://parivahan.gov.in/"""
    return Rule(
        id="in-vehicle-registration",
        entity="IN_VEHICLE_REGISTRATION",
        label="Indian vehicle registration",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[A-Z]{2}[- ]?\d{1,2}[- ]?[A-Z]{1,3}[- ]?\d{4}))(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        validate=national_checks.indian_state,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "registration, registration number, registration no, plate",
            "vehicle, car number, number plate, license plate, vehicle registration in, vehicle number",
            "vehicle no, vehicle registration number, rc number, registration certificate",
        ),
        keys=words(
            "vehicle registration in, vehicle number, vehicle no, vehicle registration number, rc number",
            "registration certificate",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[A-Z]{2}[- ]?\d{2}[- ]?[A-Z]{1,2}[- ]?\d{4}",
        countries=("IN",),
        matches=(
            "vehicle_registration_in: ⟦MH12NB6622⟧",
            "vehicle ⟦MH12NB6622⟧",
        ),
        ignores=("order MH12NB6622",),
    )
