"""Indian driving licence number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def in_driver_license() -> Rule:
    """https://parivahan.gov.in/"""
    return Rule(
        id="in-driver-license",
        entity="IN_DRIVER_LICENSE",
        label="Indian driving licence number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[A-Z]{2}[- ]?\d{2}[- ]?(?:19|20)\d{2}[- ]?\d{7})(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        validate=national_checks.indian_state,
        valid_score=0.9,
        needs_context=True,
        context=words("driving licence, driving license, dl no, dl number, driving licence in, driving license number"),
        keys=words("dl number, driving licence in, dl no, driving license number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[A-Z]{2}[- ]?\d{2}[- ]?(?:19|20)\d{2}[- ]?\d{7}",
        countries=("IN",),
        matches=(
            "dl_number: ⟦MH1220110062821⟧",
            "driving licence ⟦MH1220110062821⟧",
        ),
        ignores=("order MH1220110062821",),
    )
