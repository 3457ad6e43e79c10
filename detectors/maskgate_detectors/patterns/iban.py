"""International bank account numbers."""

from __future__ import annotations

from maskgate_detectors import checksums
from maskgate_detectors.rule import Rule, detector
from maskgate_detectors.words import words


@detector
def iban() -> Rule:
    """https://www.swift.com/standards/data-standards/iban-international-bank-account-number"""
    return Rule(
        id="iban",
        entity="IBAN_CODE",
        label="IBAN",
        pattern=(
            r"(?i)(?:^|[^\p{L}\p{N}])(?P<value>[a-z]{2}\d{2}(?:[ .-]?[a-z0-9]{4}){2,7}(?:[ "
            r".-]?[a-z0-9]{1,3})?)(?:$|[^\p{L}\p{N}])"
        ),
        triggers=(r"(?i)[a-z]{2}\d{2}[ .-]?[a-z0-9]{4}[ .-]?[a-z0-9]{4}[ .-]?[a-z0-9]{4}",),
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
            "iban: ⟦DE89 3704 0044 0532 0130 01⟧",
        ),
        ignores=("DE89370400440532013001", "XX12345678901234567890", "ab12cd34ef56ab78cd90ef12ab34cd56"),
    )
