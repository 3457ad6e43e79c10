"""International bank account numbers."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

_BY_LENGTH = {
    15: "NO", 16: "BE", 18: "DK FK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
    29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
# The country gives the length: words behind the number are never taken along.
_NUMBER = "|".join(
    rf"(?:{'|'.join(codes.split())})\d{{2}}(?:[ .-]?[a-z0-9]){{{length - 4}}}" for length, codes in _BY_LENGTH.items()
)
_COUNTRIES = "|".join("|".join(codes.split()) for codes in _BY_LENGTH.values())


@detector
def iban() -> Rule:
    """https://www.swift.com/standards/data-standards/iban-international-bank-account-number"""
    return Rule(
        id="iban",
        entity="IBAN_CODE",
        label="IBAN",
        pattern=rf"(?i)(?:^|[^\p{{L}}\p{{N}}]|IBAN)(?P<value>{_NUMBER})(?:$|[^\p{{L}}\p{{N}}])",
        triggers=(rf"(?i)(?:{_COUNTRIES})\d{{2}}[ .-]?[a-z0-9]{{4}}[ .-]?[a-z0-9]{{4}}[ .-]?[a-z0-9]{{3}}",),
        validate=checksums.iban,
        keys=words(
            "iban, iban number, iban code, iban no, bank iban, account iban, payee iban, sender iban",
            "debtor iban, creditor iban, iban nummer",
        ),
        key_decides=True,
        key_pattern=r"[A-Za-z]{2}\d{2}[A-Za-z0-9 .-]{6,40}",
        key_score=0.95,
        matches=(
            "⟦DE89370400440532013000⟧",
            "to ⟦GB82 WEST 1234 5698 7654 32⟧ by Friday",
            "⟦nl91abna0417164300⟧",
            "⟦NO9386011117947⟧",
            "iban de Ana: ⟦ES91 2100 0418 4502 0005 1332⟧ gracias",
            "iban: ⟦DE89 3704 0044 0532 0130 01⟧",
        ),
        ignores=("DE89370400440532013001", "XX12345678901234567890", "ab12cd34ef56ab78cd90ef12ab34cd56"),
    )
