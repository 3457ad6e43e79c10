"""fpe: FF1 (NIST SP 800-38G), the same digits or letters in number and kind; never FF3, which NIST has withdrawn."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field

from maskgate.base.errors import ConfigurationError
from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.fakes import luhn_digit
from maskgate.operators.keyed import CannotMask, Mask
from maskgate.operators.numbers import NUMBER, quoted

_LONGEST_TEXT = 2048
_LONGEST_NUMBER = 256  # the cipher's time grows with the square of the length
_ALPHABETS = {
    "digits": string.digits,
    "lower": string.digits + string.ascii_lowercase,
    "alphanumeric": string.digits + string.ascii_lowercase + string.ascii_uppercase,
}


class Fpe(Action):
    """Format-preserving encryption under the masking key, with the entity as the tweak; separators stay in place.

    A text whose domain is under a million values, or that has too few characters of the alphabet, becomes the label.
    """

    operator: Literal["fpe"] = "fpe"
    alphabet: Literal["digits", "lower", "alphanumeric"] = Field("digits", description="Characters that are encrypted")
    luhn: bool = Field(False, description="The last digit is a check digit and stays a true one")
    strictness = 55
    reversible = True
    samples = (
        Sample({}, "CREDIT_CARD", "4111 1111 1111 1111", None, r"\d{4} \d{4} \d{4} \d{4}"),
        Sample({"alphabet": "lower"}, "CUSTOMER_ID", "abc-123456", None, r"[a-z0-9]{3}-[a-z0-9]{6}"),
        Sample({}, "US_SSN", "-123456789.5", None, r"-[1-9]\d{8}\.\d", number=True),
    )

    def bind(self, entity: str, keys: Keyring) -> Mask:
        encrypt, alphabet = self._cipher(entity, keys)[0], _ALPHABETS[self.alphabet]

        def mask(text: str, subject: str) -> str:
            return _through(encrypt, text, alphabet, self.luhn)

        return mask

    def unmask(self, entity: str, keys: Keyring) -> Callable[[str], str]:
        """The inverse of ``bind``, for text."""
        decrypt, alphabet = self._cipher(entity, keys)[1], _ALPHABETS[self.alphabet]
        return lambda text: _through(decrypt, text, alphabet, self.luhn)

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        if not self.keep_type:
            return quoted(self.bind(entity, keys))
        encrypt = self._cipher(entity, keys)[0]

        def mask(text: str, subject: str) -> str:
            match = NUMBER.fullmatch(text)
            if match is None or len(text) > _LONGEST_NUMBER:
                raise CannotMask("not a JSON number of a length that can be encrypted")
            sign, whole, point, fraction, exponent = match.groups(default="")
            digits = whole + fraction
            zero = digits[0] == "0"
            while True:  # cycle walking: the first digit stays zero or not zero, so that the number stays valid
                digits = _whole(encrypt, digits)
                if (digits[0] == "0") == zero:
                    return f"{sign}{digits[: len(whole)]}{point}{digits[len(whole) :]}{exponent}"

        return mask

    def _cipher(self, entity: str, keys: Keyring) -> tuple[Callable[[str], str], Callable[[str], str]]:
        try:
            from ffx import FF1
        except ImportError:
            raise ConfigurationError("the operator fpe needs the extra 'fpe': pip install 'maskgate[fpe]'") from None
        key = keys.key("mask", self.key).derive("fpe", 32)
        cipher: Any = FF1(key, alphabet=_ALPHABETS[self.alphabet])
        tweak = entity.encode()
        return (lambda t: str(cipher.encrypt(t, tweak=tweak)), lambda t: str(cipher.decrypt(t, tweak=tweak)))


def _whole(function: Callable[[str], str], text: str) -> str:
    try:
        return function(text)
    except ValueError:
        raise CannotMask("too few values: a domain under one million can be tried out") from None


def _through(function: Callable[[str], str], text: str, alphabet: str, luhn: bool) -> str:
    """The characters of the alphabet encrypted, the others in their places."""
    inside = [c for c in text if c in alphabet]
    if len(inside) > _LONGEST_TEXT or any(c.isalnum() and c not in alphabet for c in text):
        raise CannotMask("characters outside the alphabet would stay readable")
    if luhn:
        body = _whole(function, "".join(inside[:-1]))
        fresh = iter(body + luhn_digit(body))
    else:
        fresh = iter(_whole(function, "".join(inside)))
    return "".join(next(fresh) if c in alphabet else c for c in text)
