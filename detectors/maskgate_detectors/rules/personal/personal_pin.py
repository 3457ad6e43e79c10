"""Personal identification numbers and one-time codes."""

from __future__ import annotations

from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def pin() -> Rule:
    """https://www.iso.org/standard/68669.html"""
    return Rule(
        id="pin-code",
        entity=SECRET,
        label="PIN or one-time code",
        pattern=(
            r"(?i)\b(?:pin(?: code| number)?(?: ?[:=#]| is)|(?-i:PIN)|pin (?:code|number)|otp|one[- ]time "
            r"(?:code|password|passcode)|verification code|security code|passcode"
            r"|(?-i:TAN)|2fa code|login code|auth code)(?: ?(?:is|:|=|#)|,)? ?(?P<value>\d{4,8})\b"
        ),
        triggers=(r"(?i)(?:pin|code|number|otp|password|passcode|tan)(?: ?(?:is|:|=|#)|,)? ?\d{4}",),
        score=0.75,
        keys=words(
            "pin, pin number, card pin, atm pin, pin hash, otp, otp code, one time password, one time code",
            "passcode, verification code, mfa code, totp code, sms code, security pin, access pin, tan",
            "geheimzahl, code pin, codigo pin, codice pin, pincode secret",
        ),
        key_decides=True,
        key_pattern=r"\d{4,8}",
        key_score=0.85,
        numbers=True,
        matches=("pin: ⟦4821⟧", "otp_code: ⟦482193⟧", "your verification code is ⟦482193⟧.", "PIN ⟦4821⟧"),
        ignores=("pin 3 of the chip", "GPIO pin 1234 high", "zip code 90210a", "error code 5001", "pin: top"),
    )


@detector
def code_before_its_name() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc4226"""
    return Rule(
        id="one-time-code",
        entity=SECRET,
        label="One-time code that the text names behind it",
        pattern=(
            r"(?i)(?:^|[^\w.-])(?P<value>\d{4,8}|[A-Z]-\d{4,8}|\d{3}[ -]\d{3}) (?:is your|ist ihr|ist dein"
            r"|est votre|es su|es tu|è il tuo)"
            r" [\p{L} ]{0,30}(?:code|pin|otp|passcode|password|passwort|código|codice|kennwort|tan)"
        ),
        triggers=(r"(?i)\d (?:is your|ist ihr|ist dein|est votre|es su|es tu|è il tuo) ",),
        score=0.85,
        matches=(
            "⟦482913⟧ is your verification code",
            "⟦G-482913⟧ is your Google verification code",
            "⟦4821⟧ ist Ihr Anmelde code",
        ),
        ignores=("2024 is your year", "5000 is your limit"),
    )
