"""Personal identification numbers and one-time codes."""

from __future__ import annotations

from maskgate_detectors.rule import SECRET, Rule, detector
from maskgate_detectors.words import words


@detector
def pin() -> Rule:
    """https://www.iso.org/standard/68669.html"""
    return Rule(
        id="pin-code",
        entity=SECRET,
        label="PIN or one-time code",
        pattern=(
            r"(?i)\b(?:pin(?: code| number)?|otp|one[- ]time (?:code|password|passcode)|verification code"
            r"|security code|passcode|TAN|2fa code|login code|auth code)(?: ?(?:is|:|=|#)|,)? "
            r"?(?P<value>\d{4,8})\b"
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
        ignores=("pin 3 of the chip", "zip code 90210a", "error code 5001", "pin: top"),
    )
