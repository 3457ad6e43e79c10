"""Bank accounts outside IBAN, and bank codes beside them, by key and context."""

# ruff: noqa: E501  (words read best in full lines)

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

_COUNTRIES = (
    r"(?:AD|AE|AT|AU|BE|BG|BR|CA|CH|CN|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HK|HR|HU|IE|IL|IN|IS|IT|JP|KR|LI|LT|LU|LV"
    r"|MC|MT|MX|NL|NO|NZ|PL|PT|RO|RS|RU|SA|SE|SG|SI|SK|TH|TR|TW|UA|US|ZA)"
)


@detector
def bank_account() -> Rule:
    """https://en.wikipedia.org/wiki/Bank_account"""
    return Rule(
        id="bank-account",
        entity="BANK_ACCOUNT",
        label="Bank account number of any country",
        pattern=(
            r"(?:^|[^\w.+$/-])(?P<value>\d{2}-\d{2}-\d{2}[ ,/-]{1,3}\d{6,8}"
            r"|\d{2,4}-\d{4,6}-\d{5,8}(?:-\d{1,3})?)(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words(
            "口座番号, खाता संख्या, номер счета, номер счёта, hesap numarası, hesap no, bankszámlaszám, číslo účtu, numer rachunku, rachunek, tilinumero, 계좌번호, 계좌, 银行账号, 账号, 賬號, số tài khoản, rekening, nomor rekening",
            "bank account, account number, account no, sort code, kontonummer, konto, compte bancaire",
            "cuenta bancaria, conto corrente, conta bancária, rekeningnummer, numer konta",
        ),
        context_score=0.8,
        keys=words(
            "acct, acct num, bank acc, acc no, acc number, account nr, kontonr, acc num, a c number",
            "account number, account no, acct number, acct no, bank account, bank account number",
            "bank account no, bank acct, beneficiary account, beneficiary account number, payee account",
            "source account, destination account, from account, to account, iban or account, giro account",
            "sort code, sortcode, bsb, bsb number, clabe, kontonummer, bankkonto, bankverbindung, blz",
            "bankleitzahl, numero de compte, compte bancaire, rib, cuenta bancaria, numero de cuenta, cuenta",
            "conto corrente, numero conto, conta bancaria, numero da conta, agencia, rekening, rekeningnummer",
            "numer konta, numer rachunku, konto bankowe, bankgiro, plusgiro, cislo uctu, szamlaszam",
            "bankszamlaszam, hesap no",
        ),
        key_decides=True,
        key_pattern=r"[A-Za-z]{0,4}[ -]?[\d*X][\d*X ./-]{4,32}[\dA-Za-z*]",
        numbers=True,
        matches=(
            "bank_account_number: ⟦{d10}⟧",
            "sort_code: ⟦20-00-00⟧",
            "sort code ⟦20-00-00 {d8}⟧ please",
            "numero_cuenta: ⟦{d10}⟧",
        ),
        ignores=("account: premium", "build 20-00-00 {d8}", "account_number_type: savings"),
    )


@detector
def sort_code() -> Rule:
    """https://www.wearepay.uk/what-we-do/sort-codes/"""
    return Rule(
        id="uk-sort-code",
        entity="BANK_ACCOUNT",
        label="UK or Irish sort code, or Australian BSB, in text",
        pattern=r"(?:^|[^\w.+$/-])(?P<value>\d{2}[- ]\d{2}[- ]\d{2}|\d{3}-\d{3}|\d{6})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("sort code, sortcode, sort-code, bsb"),
        context_score=0.8,
        countries=("GB", "IE", "AU"),
        matches=("my sort code is ⟦20-00-00⟧, thanks", "BSB ⟦062-000⟧"),
        ignores=("on 20-01-05 we met", "062-000"),
    )


@detector
def bic() -> Rule:
    """https://www.swift.com/standards/data-standards/bic-business-identifier-code"""
    return Rule(
        id="bic",
        entity="SWIFT_CODE",
        label="SWIFT code of a bank, by its key or the text",
        pattern=r"(?:^|[^\w.-])(?P<value>[A-Z]{4}" + _COUNTRIES + r"[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?:$|[^\w-])",
        needs_context=True,
        context=words("bic, swift, swift code, bic code, bic/swift"),
        context_score=0.75,
        keys=words("bic, swift, swift code, bic code, swift bic, bic swift, bank bic, bank identifier code"),
        key_decides=True,
        key_pattern=r"(?i)[A-Z]{4}" + _COUNTRIES + r"[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
        key_score=0.7,
        matches=("bic: ⟦DEUTDEFF⟧", "swift_code: ⟦NWBKGB2L⟧", "BIC ⟦COBADEFFXXX⟧ needed"),
        ignores=("language: swift", "COBADEFFXXX", "swift: COMPLEXY"),
    )


@detector
def account_told() -> Rule:
    """https://en.wikipedia.org/wiki/Bank_account"""
    return Rule(
        id="bank-account-told",
        entity="BANK_ACCOUNT",
        label="Number of a bank account behind its own word in other languages",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{6,18})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words(
            "口座番号, खाता संख्या, खाता नंबर, номер счета, номер счёта, hesap numarası, hesap no, bankszámlaszám, číslo účtu, numer rachunku, tilinumero, 계좌번호, 银行账号, số tài khoản, nomor rekening, kontonummer, numero di conto, numéro de compte, número de cuenta, número da conta, rekeningnummer"
        ),
        context_score=0.8,
        matches=("口座番号⟦4829173⟧に振り込んで", "खाता संख्या ⟦50284917362⟧ में", "Kontonummer ⟦48291734⟧"),
        ignores=("order 4829173", "kontonummer: 123"),
    )
