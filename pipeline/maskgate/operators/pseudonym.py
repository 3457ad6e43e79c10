"""pseudonym: a stable, readable stand-in of the same kind."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.fakes import FAKES, locales, person, scramble
from maskgate.operators.keyed import Mask, prf


class Pseudonym(Action):
    """A name for a name, an address for an address; equal values get equal stand-ins, different ones may share one.

    Stand-ins come from reserved or test ranges where there are such: example.com, 555-01xx, 198.18.0.0/15, test cards.
    """

    operator: Literal["pseudonym"] = "pseudonym"
    locale: str = Field("en", description="Language of names and places written in Latin letters")
    strictness = 50
    samples = (
        Sample({}, "PERSON", "Jane Doe", None, r"[A-Z][a-z]+ [A-Z][a-z]+"),
        Sample({"locale": "de"}, "LOCATION", "Berlin", None, r"\w+"),
        Sample({}, "LOCATION", "12 Baker Street", None, r"\d+ [A-Z]\w+ \w+"),
        Sample({}, "LOCATION", "SW1A 1AA", None, r"[A-Z]{2}\d[A-Z] \d[A-Z]{2}"),
        Sample({}, "PERSON", "Иван Петров", None, r"[А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+"),
        Sample({}, "EMAIL_ADDRESS", "jane@acme.com", None, r"[a-z]+\.[a-z]+\d{4}@example\.(com|net|org)"),
        Sample({}, "PHONE_NUMBER", "+1 (212) 736-5000", None, r"\+1 \([2-9]\d\d\) 555-01\d\d"),
        Sample({}, "PHONE_NUMBER", "+49 30 1234567", None, r"\+49 [1-9]\d \d{7}"),
        Sample({}, "CREDIT_CARD", "4111 1111 1111 1111", None, r"4000 00\d\d \d{4} \d{4}"),
        Sample({}, "IBAN_CODE", "DE89 3704 0044 0532 0130 00", None, r"DE\d\d \d{4} \d{4} \d{4} \d{4} \d\d"),
        Sample({}, "US_SSN", "123-45-6789", None, r"9\d\d-[0-4]\d-\d{4}"),
        Sample({}, "IP_ADDRESS", "8.8.8.8", None, r"198\.1[89]\.\d+\.\d+"),
        Sample({}, "IP_ADDRESS", "2a00:1450::1", None, r"2001:db8::[0-9a-f:]+"),
        Sample({}, "MAC_ADDRESS", "AA:BB:CC:DD:EE:FF", None, r"02(:[0-9A-F]{2}){5}"),
        Sample({}, "EMPLOYEE_ID", "Ab-12", None, r"[A-Z][a-z]-\d\d"),
        Sample({}, "CREDIT_CARD", "4111", None, r"[1-9]\d{3}", number=True),
    )

    @field_validator("locale")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in locales():
            raise ValueError(f"no names for '{value}'; there are: {', '.join(locales())}")
        return value

    def bind(self, entity: str, keys: Keyring) -> Mask:
        keyed = prf(self.secret(keys), entity, 32)
        fake, locale = FAKES.get(entity, scramble), self.locale
        fold = fake is not scramble

        def mask(text: str, subject: str) -> str:
            return fake(text, keyed(text.casefold() if fold else text), locale)

        def mask_person(text: str, subject: str) -> str:
            return fake(text, keyed(_name_in_order(text)), locale)

        if fake is person:
            return mask_person

        return mask


def _name_in_order(text: str) -> str:
    """``Doe, Jane`` and ``JANE  DOE`` as ``jane doe``: one person, however the name is written."""
    last, comma, first = text.partition(",")
    if comma and first.strip() and "," not in first:
        text = f"{first} {last}"
    return " ".join(text.casefold().split())
