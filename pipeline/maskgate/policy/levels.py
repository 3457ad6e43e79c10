"""How sensitive each entity is, where the policy does not say."""

from __future__ import annotations

from typing import Literal

Level = Literal["low", "medium", "high", "critical"]
RANK: dict[str, int] = {"low": 0, "medium": 1, "high": 2, "critical": 3}

_LEVELS: dict[Level, str] = {
    "low": "DATE_TIME URL NRP AGE TITLE GENDER LANGUAGE ORGANIZATION",
    "medium": "LOCATION ADDRESS USERNAME MAC_ADDRESS POSTAL_CODE COORDINATES VEHICLE DEVICE_ID",
    "high": "PERSON EMAIL_ADDRESS PHONE_NUMBER IP_ADDRESS DATE_OF_BIRTH CUSTOMER_ID",
    "critical": "SECRET CREDIT_CARD IBAN_CODE US_SSN US_BANK_NUMBER US_PASSPORT US_DRIVER_LICENSE MEDICAL_LICENSE "
    "CRYPTO PASSWORD CVV PIN PASSPORT BANK_ACCOUNT NATIONAL_ID TAX_ID",
}
LEVELS: dict[str, Level] = {name: level for level, names in _LEVELS.items() for name in names.split()}
UNKNOWN: Level = "high"  # a kind that nobody has judged is treated as personal data
