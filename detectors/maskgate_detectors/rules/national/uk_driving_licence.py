"""UK driving licence number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def uk_driving_licence() -> Rule:
    """https://www.gov.uk/government/publications/driving-licence-format"""
    return Rule(
        id="uk-driving-licence",
        entity="UK_DRIVING_LICENCE",
        label="UK driving licence number",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>[A-Z9]{5}[0-9][0156]\d{3}\d[A-Z9]{2}[A-HJ-NPR-Z2-9][A-Z]{2})(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        triggers=(r"[A-Z9]{5}[0-9][0156]\d{3}\d[A-Z9]{2}[A-HJ-NPR-Z2-9][A-Z]{2}",),
        score=0.7,
        context=words("driving licence, driving licence number, driver number, licence number gb"),
        keys=words("driving licence, driving licence number, driver number, licence number gb"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("GB",),
        matches=(
            "driving_licence: ⟦HRWQY801010GR9YW⟧",
            "driving licence ⟦HRWQY801010GR9YW⟧",
            "⟦HRWQY801010GR9YW⟧",
        ),
    )
