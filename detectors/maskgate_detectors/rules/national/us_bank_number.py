"""US bank account number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def us_bank_number() -> Rule:
    """https://www.frbservices.org/"""
    return Rule(
        id="us-bank-number",
        entity="US_BANK_NUMBER",
        label="US bank account number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{8,17})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words(
            "account number, bank account number",
            "acct, a/c, account #, bank account, account number, checking account, savings account, debit account",
            "bank account number, bank acct, acct number, acct no, routing account, bank number, account num",
            "checking account number, savings account number, deposit account",
        ),
        keys=words(
            "bank account, bank account number, account number, account no, bank acct, acct number, acct no",
            "checking account, savings account, routing account, bank number, account num",
            "checking account number, savings account number, deposit account",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("US",),
        matches=(
            "bank_account: ⟦71561368854⟧",
            "bank account ⟦71561368854⟧",
        ),
        ignores=("order 71561368854",),
    )
