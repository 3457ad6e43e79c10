"""How sensitive each entity is, where the policy does not say."""

from __future__ import annotations

from typing import Literal

Level = Literal["low", "medium", "high", "critical"]
RANK: dict[str, int] = {"low": 0, "medium": 1, "high": 2, "critical": 3}

_LEVELS: dict[Level, str] = {
    "low": "DATE_TIME URL NRP AGE TITLE GENDER LANGUAGE ORGANIZATION SWIFT_CODE",
    "medium": "LOCATION ADDRESS USERNAME MAC_ADDRESS POSTAL_CODE COORDINATES VEHICLE LICENSE_PLATE VIN US_NPI US_EIN",
    "high": "PERSON EMAIL_ADDRESS PHONE_NUMBER IP_ADDRESS DATE_OF_BIRTH CUSTOMER_ID DEVICE_ID IMEI",
    "critical": "SECRET CREDIT_CARD IBAN_CODE MEDICAL_LICENSE MEDICAL_RECORD_NUMBER HEALTH_INSURANCE_NUMBER CRYPTO "
    "PASSWORD CVV PIN PASSPORT DRIVER_LICENSE BANK_ACCOUNT NATIONAL_ID SOCIAL_INSURANCE_NUMBER TAX_ID",
}
LEVELS: dict[str, Level] = {name: level for level, names in _LEVELS.items() for name in names.split()}
UNKNOWN: Level = "high"  # a kind that nobody has judged is treated as personal data


def level_of(entity: str) -> Level:
    """The level of an entity: numbers that a country gives its people are critical, those of companies medium."""
    known = LEVELS.get(entity)
    if known is not None:
        return known
    if entity.endswith("_VAT_CODE"):
        return "medium"
    return "critical" if entity[2:3] == "_" and entity[:2].isalpha() else UNKNOWN
