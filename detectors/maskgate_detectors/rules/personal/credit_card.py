"""Payment card numbers."""

# ruff: noqa: E501  (words and patterns read best in full lines)

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


def _track(text: str) -> bool:
    """Whether the number in it is a payment card's."""
    digits = ""
    for char in text:
        if char.isdigit():
            digits += char
        elif digits:
            break
    return checksums.payment_card(digits)


def _luhn(text: str) -> bool:
    """Whether 12 to 19 digits pass Luhn and are not one digit repeated, whoever issued the card."""
    digits = checksums.digits_of(text)
    return 12 <= len(digits) <= 19 and len(set(digits)) > 2 and checksums.luhn(digits)


@detector
def card_told() -> Rule:
    """https://www.iso.org/standard/70484.html"""
    return Rule(
        id="credit-card-told",
        entity="CREDIT_CARD",
        label="Card number of any issuer and length beside its word, also over a line break",
        pattern=(
            r"(?:^|[^\w.,+/-]|[=:_])(?P<value>\d(?:[ \x{a0}-]?\d|[ -]{0,2}\r?\n[ \t]{0,4}\d){11,18})(?:$|[^\w.-]|[._-](?:$|\D))"
        ),
        validate=_luhn,
        valid_score=0.85,
        needs_context=True,
        context=words(
            "card, credit card, debit card, card number, visa, visa card, mastercard, maestro, amex, american express, jcb",
            "diners, discover, unionpay, karte, kreditkarte, kartennummer, kreditkartennummer, ec-karte, carte, carte bancaire",
            "numéro de carte, tarjeta, número de tarjeta, carta di credito, numero carta, cartão, número do cartão, kaart",
            "kaartnummer, creditcard, karta, karty, kartę, numer karty, kort, kortnummer, kortet, luottokortti, korttinumero",
            "kartım, kart numaram, kart numarası, kredi kartı, karet, číslo karty, bankkártya, kártyaszám, карта, карты, номер карты",
            "картка, κάρτα, カード, カード番号, クレジットカード, 信用卡, 卡号, 卡號, 银行卡, 카드, 카드번호, कार्ड, कार्ड नंबर, بطاقة, رقم البطاقة",
            "כרטיס אשראי, บัตรเครดิต, หมายเลขบัตร, thẻ tín dụng, số thẻ, kartu kredit, nomor kartu, kad kredit",
        ),
        context_score=0.85,
        matches=(
            "refund to my Visa card ⟦4429183305710⟧ please",
            "Maestro card ⟦501837462917⟧ was refused",
            "Kartennummer:\n⟦4929 3813\n3266 4295⟧",
            "⟦4429 1833 0571 0⟧ is my credit card",
        ),
        ignores=("Visa card 4429183305711", "order 4429183305710", "gift card 12"),
    )


@detector
def credit_card() -> Rule:
    """https://www.iso.org/standard/70484.html"""
    return Rule(
        id="credit-card",
        entity="CREDIT_CARD",
        label="Payment card number",
        pattern=(
            r"(?:^|[^\w.,+/-]|[=:_]|\p{L}[-/.]|[^\d.,],)(?P<value>[2-69]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{3})?"
            r"|[2-69]\d{3}[ "
            r".]{1,2}\d{4}[ .]{1,2}\d{4}[ .]{1,2}\d{4}"
            r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5}|3[0689]\d{2}[ -]?\d{6}[ -]?\d{4}|6\d{15,18})(?:$|[^\w.-]|[._-](?:$|\D))"
        ),
        triggers=(
            r"(?:4\d{3}|5[0-9]\d{2}|2[2-7]\d{2}|3[04-9]\d{2}|6[024-7]\d{2}|979\d)(?:\d{4}|[ .-]{1,2}\d{4}|[ "
            r".-]\d{6})[ .-]{0,2}\d{4}",
        ),
        validate=checksums.payment_card,
        context=words(
            "card, credit, debit, visa, mastercard, amex, karte, carte, tarjeta, carta, cartao, kaart, karta, kort"
        ),
        keys=words(
            "card, cardno, credit, card digits, payment card number, cc no, c c number, card nbr, card pan number",
            "card number, card no, card num, cardnumber, credit card, credit card number, cc number, cc num",
            "ccnum, cc, pan, ccn",
            "debit card, debit card number, primary account number, payment card, card pan, account pan, funding pan",
            "kartennummer, kreditkarte, kreditkartennummer, numero de carte, carte bancaire, numero carte",
            "numero de tarjeta",
            "tarjeta, numero carta, carta di credito, numero do cartao, cartao, creditcard, creditcardnummer",
            "kaartnummer",
            "numer karty, kortnummer, korttinumero, cislo karty, カード番号, 卡号, 카드번호",
        ),
        key_decides=True,
        key_pattern=r"\d(?:[ .-]?\d){11,18}",
        numbers=True,
        matches=(
            "⟦4111111111111111⟧",
            "paid with ⟦5555 5555 5555 4444⟧ yesterday",
            "⟦3782-822463-10005⟧",
            "card_number: ⟦4111 1111 1111 1112⟧",
            "pan=⟦6011111111111117⟧&x=1",
        ),
        ignores=(
            "4111111111111112",
            "1700000000000000000",
            "0000000000000000",
            "4111111111111111111111",
            "ab4111111111111111",
        ),
    )


@detector
def card_verification_code() -> Rule:
    """https://en.wikipedia.org/wiki/Card_security_code"""
    return Rule(
        id="card-verification-code",
        entity=SECRET,
        label="Card verification code",
        pattern=r"(?i)\b(?:cvv2?|cvc2?|security code)(?: ?(?:is|:|=|#)? ?)(?P<value>\d{3,4})\b",
        triggers=(r"(?i)(?:cvv2?|cvc2?|security code)(?: ?is|[:=#])? ?\d{3}",),
        score=0.85,
        keys=words(
            "cvv, cvv2, cvc, cvc2, cid code, security code, card security code, verification value, card code",
            "kartenpruefnummer, cryptogramme",
        ),
        key_decides=True,
        key_pattern=r"\d{3,4}",
        key_score=0.95,
        numbers=True,
        matches=("cvv: ⟦123⟧", "card_security_code: ⟦4321⟧", "my cvv is ⟦987⟧ ok"),
        ignores=("cvv: false", "cvc version 12", "cvv_check: pass"),
    )


@detector
def card_oddly_written() -> Rule:
    """https://www.iso.org/standard/70484.html"""
    return Rule(
        id="credit-card-spaced",
        entity="CREDIT_CARD",
        label="Payment card number in odd groups or with letters in front",
        pattern=(
            r"(?:^|[^\w.,+-])(?P<value>[2-6]\d{3}(?:[/_|·:,\t*~]\d{4}){3}|[2-6]\d(?: \d\d){7}"
            r"|[2-6]\d{3}(?:(?: {1,3}| "
            r"?[-.\x{2010}-\x{2015}] ?)\d{4}){3}"
            r"|[2-6](?: \d){13,18}|[2-6](?:-\d){13,18}|[2-6](?:\.\d){13,18}|[2-6]\d{3}[ -]?\d{4}[ -]\d{8}"
            r"|[2-6]\d{7}[ -]\d{8})(?:$|[^\w.-]|[.](?:$|\s))"
        ),
        triggers=(
            r"[2-6]\d{3}(?:[/_|:,\t\n*~]|\\[tn]|·)\d{4}",
            r"[2-6]\d(?: \d\d){7}",
            r"\d{4}(?: {2}| [-.]|[-.] | ?[^\x00-\x7f])",
            r"[2-6][ .-]\d[ .-]\d[ .-]\d[ .-]\d[ .-]\d[ .-]\d[ .-]\d[ .-]\d[ .-]\d[ .-]\d",
            r"\d{4}[ -]\d{8}",
        ),
        validate=checksums.payment_card,
        valid_score=0.9,
        matches=(
            "⟦4111/1111/1111/1111⟧",
            "no ⟦4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1⟧ ok",
            "⟦4111 - 1111 - 1111 - 1111⟧",
            "⟦4111 1111 11111111⟧",
            "⟦41 11 11 11 11 11 11 11⟧",
            "⟦4111*1111*1111*1111⟧",
        ),
        ignores=("4111/1111/1111/1112", "4 8 15 16 23 42", "2 1 1 2 3 4 5 6 7 8"),
    )


@detector
def card_track() -> Rule:
    """https://www.iso.org/standard/80609.html"""
    return Rule(
        id="card-track",
        entity="CREDIT_CARD",
        label="Magnetic stripe data, or a card number behind its name",
        pattern=(
            r"(?P<value>%B\d{13,19}\^[^^\s]{2,26}\^\d{4,40}\??|;\d{13,19}=\d{4,30}\??|(?i:cc|card|pan|visa|mc"
            r"|amex|ccn|cardno)\d{14,16})(?:$|[^\w])"
        ),
        triggers=(r"%B\d{13}", r";\d{13,19}=\d{4}", r"(?i)(?:cc|card|pan|visa|mc|amex|ccn|no)\d{14}"),
        validate=_track,
        valid_score=1.0,
        matches=("⟦%B4111111111111111^DOE/JOHN^2904101⟧", "⟦;4111111111111111=29041010000⟧", "⟦cc4111111111111111⟧"),
        ignores=("cc4111111111111112", ";1234=5678"),
    )


@detector
def card_behind_a_letter() -> Rule:
    """https://www.iso.org/standard/70484.html"""
    return Rule(
        id="credit-card-behind-letter",
        entity="CREDIT_CARD",
        label="Payment card number behind a single letter",
        pattern=r"(?:^|[^\p{L}\p{N}.,+-])\p{L}(?P<value>[2-6]\d{14,15})(?:$|[^\w.-]|[.](?:$|\s))",
        triggers=(r"[A-Za-z][2-6]\d{14}",),
        validate=checksums.payment_card,
        valid_score=0.8,
        matches=("c⟦4111111111111111⟧", "ids: x⟦5555555555554444⟧, y"),
        ignores=("c4111111111111112", "ab4111111111111111", "f4111111111111111a"),
    )


def _misread(text: str) -> bool:
    """Whether the digits are a payment card's once letters that look like digits are read as such."""
    read = text.translate({ord("O"): "0", ord("o"): "0", ord("I"): "1", ord("l"): "1"})
    return read != text and checksums.payment_card(read)


@detector
def card_with_letters() -> Rule:
    """https://www.iso.org/standard/70484.html"""
    return Rule(
        id="credit-card-misread",
        entity="CREDIT_CARD",
        label="Payment card number with the letter O for the digit 0, or I for 1",
        pattern=r"(?:^|[^\w.,+-])(?P<value>[2-6][\dOoIl]{3}(?:[ -]?[\dOoIl]{4}){3})(?:$|[^\w-])",
        triggers=(r"[OoIl](?:[ -]?[\dOoIl]){7}", r"(?:[\dOoIl][ -]?){7}[OoIl]"),
        validate=_misread,
        valid_score=0.85,
        matches=("⟦40OO OOOO 0000 0002⟧", "card ⟦4lll111111111111⟧"),
        ignores=("40OO OOOO 0000 0003", "4000 0000 0000 000A"),
    )


@detector
def card_dump() -> Rule:
    """https://www.iso.org/standard/70484.html"""
    return Rule(
        id="card-expiry-and-code",
        entity=SECRET,
        label="Expiry and verification code behind a payment card number",
        pattern=(
            r"(?:^|\D)[2-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}[ ,;|:/\t]{1,3}"
            r"(?P<value>(?:0[1-9]|1[0-2])[/|-]?(?:20)?\d{2}[ ,;|:/\t]{1,3}\d{3,4})(?:$|[^\w])"
        ),
        triggers=(r"\d{4}[ ,;|:/\t]{1,3}(?:0[1-9]|1[0-2])[/|-]?(?:20)?\d{2}[ ,;|:/\t]{1,3}\d{3}",),
        score=0.85,
        matches=("4111 1111 1111 1111 ⟦10/30 142⟧", "4111111111111111|⟦10|2030|142⟧"),
        ignores=("4111 1111 1111 1111 on 10/30", "1234 10/30 142"),
    )
