"""Values of one imagined person, in the manner of a locale; numbers come from Faker or are computed here."""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

import datetime
import functools
import random
import re
import unicodedata
from typing import Any, ClassVar

from benchmarks.detection.marks import mark

LOCALES = (
    "en_US en_GB en_CA en_AU en_IN en_NZ en_IE de_DE de_AT de_CH fr_FR fr_CA fr_CH es_ES es_MX es_AR es_CO es_CL it_IT "
    "pt_PT pt_BR nl_NL nl_BE pl_PL cs_CZ sk_SK hu_HU ro_RO bg_BG hr_HR sl_SI el_GR sv_SE da_DK no_NO fi_FI et_EE lt_LT "
    "lv_LV tr_TR ru_RU uk_UA ja_JP ko_KR zh_CN zh_TW vi_VN id_ID th_TH he_IL ar_SA hi_IN"
).split()
LATIN = [name for name in LOCALES if name.split("_")[0] not in "bg el ru uk ja ko zh th he ar hi".split()]


@functools.cache
def faker(locale: str) -> Any:
    """The Faker of a locale."""
    from faker import Faker

    return Faker(locale)


def luhn_digit(digits: str) -> str:
    """The check digit that makes ``digits`` pass mod 10."""
    total = sum(int(c) for c in digits[-2::-2]) + sum(sum(divmod(2 * int(c), 10)) for c in digits[-1::-2])
    return str(-total % 10)


class Person:
    """A person's values; each method gives plain text, ``m_…`` in ``__getattr__`` gives it marked."""

    KINDS: ClassVar[dict[str, str]] = {
        "first": "PERSON", "last": "PERSON", "name": "PERSON", "email": "EMAIL_ADDRESS", "phone": "PHONE_NUMBER",
        "street": "LOCATION", "city": "LOCATION", "zip": "LOCATION", "address": "LOCATION", "dob": "DATE_TIME",
        "card": "CREDIT_CARD", "iban": "IBAN_CODE", "ssn": "US_SSN", "ip": "IP_ADDRESS", "ipv6": "IP_ADDRESS",
        "mac": "MAC_ADDRESS", "user": "USERNAME", "password": "SECRET", "cvv": "SECRET", "account": "BANK_ACCOUNT",
        "passport": "PASSPORT", "licence": "DRIVER_LICENSE", "plate": "LICENSE_PLATE", "mrn": "MEDICAL_RECORD_NUMBER",
        "imei": "IMEI", "vin": "VIN", "wallet": "CRYPTO", "insurance": "HEALTH_INSURANCE_NUMBER", "tax": "TAX_ID",
        "nid": "NATIONAL_ID", "api_key": "SECRET", "bic": "SWIFT_CODE", "intl_phone": "PHONE_NUMBER",
    }  # fmt: skip

    def __init__(self, rng: random.Random, locale: str) -> None:
        self.rng, self.locale = rng, locale
        self.fake = faker(locale)
        self.fake.seed_instance(rng.getrandbits(48))
        self.first_, self.last_ = self._names()

    def __getattr__(self, name: str) -> str:
        if name.startswith("m_") and name[2:] in self.KINDS:
            return mark(self.KINDS[name[2:]], getattr(self, name[2:])())
        raise AttributeError(name)

    def _names(self) -> tuple[str, str]:
        first = self.fake.first_name() if hasattr(self.fake, "first_name") else self.fake.name().split()[0]
        last = self.fake.last_name() if hasattr(self.fake, "last_name") else self.fake.name().split()[-1]
        return first, last

    def first(self) -> str:
        return self.first_

    def last(self) -> str:
        return self.last_

    def name(self) -> str:
        if self.locale.split("_")[0] in ("ja", "zh", "ko"):
            return self.last_ + self.first_
        middle = f" {self.rng.choice('ABCDEFGHJKLMNPRSTW')}." if self.rng.random() < 0.1 else ""
        return f"{self.first_}{middle} {self.last_}"

    def _slug(self) -> str:
        flat = unicodedata.normalize("NFKD", f"{self.first_}.{self.last_}".lower())
        flat = re.sub(r"[^a-z0-9.]", "", flat)
        return flat if len(flat) > 5 else f"user{self.rng.randint(100, 9999)}"

    def email(self) -> str:
        host = self.rng.choice(
            ["gmail.com", "outlook.com", "yahoo.co.uk", "web.de", "orange.fr", "mail.ru", "proton.me", "example.org"]
            + [f"{self.fake.domain_word()}.{tld}" for tld in ("com", "io", "net")]
        )
        host = host.encode("idna").decode() if not host.isascii() else host
        local = self.rng.choice(
            [self._slug(), self._slug().replace(".", "_"), self._slug()[:6] + str(self.rng.randint(1, 99))]
        )
        return f"{local}@{host}"

    def phone(self) -> str:
        return str(self.fake.phone_number())

    def intl_phone(self) -> str:
        code, shape = self.rng.choice(
            [("1", "### ### ####"), ("44", "7### ######"), ("49", "15# ########"), ("33", "6 ## ## ## ##"), ("34", "6## ### ###"),
             ("39", "3## ### ####"), ("31", "6########"), ("48", "5## ### ###"), ("46", "70 ### ## ##"), ("91", "98### #####"),
             ("55", "11 9####-####"), ("81", "90-####-####"), ("61", "4## ### ###"), ("86", "138 #### ####")]
        )  # fmt: skip
        body = "".join(str(self.rng.randint(2, 9)) if c == "#" else c for c in shape)
        return f"+{code} {body}" if self.rng.random() < 0.7 else f"+{code}{re.sub('[^0-9]', '', body)}"

    def street(self) -> str:
        return str(self.fake.street_address()).replace("\n", ", ").strip()

    def city(self) -> str:
        return str(self.fake.city())

    def zip(self) -> str:
        return str(self.fake.postcode())

    def address(self) -> str:
        return str(self.fake.address()).replace("\n", ", ").strip()

    def dob(self) -> str:
        day = datetime.date(1935, 1, 1) + datetime.timedelta(days=self.rng.randint(0, 26000))
        return str(
            self.rng.choice(
                [day.isoformat(), day.strftime("%d.%m.%Y"), day.strftime("%m/%d/%Y"), day.strftime("%d %B %Y")]
            )
        )

    def card(self) -> str:
        head, size = self.rng.choice(
            [("4", 16), ("51", 16), ("55", 16), ("34", 15), ("37", 15), ("6011", 16), ("3530", 16)]
        )
        body = head + "".join(str(self.rng.randint(0, 9)) for _ in range(size - len(head) - 1))
        number = body + luhn_digit(body)
        if size == 16 and self.rng.random() < 0.4:
            glue = self.rng.choice(" -")
            return glue.join(number[at : at + 4] for at in range(0, 16, 4))
        return number

    def iban(self) -> str:
        from stdnum import iban

        plain = str(self.fake.iban())
        if not iban.is_valid(plain):  # some of Faker's locales give a wrong length
            home = faker("de_DE")
            home.seed_instance(self.rng.getrandbits(48))
            plain = str(home.iban())
        return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)) if self.rng.random() < 0.3 else plain

    def ssn(self) -> str:
        area = self.rng.choice([n for n in range(1, 899) if n != 666])
        return f"{area:03d}-{self.rng.randint(1, 99):02d}-{self.rng.randint(1, 9999):04d}"

    def ip(self) -> str:
        head = self.rng.choice([5, 31, 46, 77, 81, 93, 104, 151, 178, 203])
        return ".".join(str(n) for n in (head, *(self.rng.randint(1, 254) for _ in range(3))))

    def ipv6(self) -> str:
        return "2a02:" + ":".join(f"{self.rng.getrandbits(16):x}" for _ in range(7))

    def mac(self) -> str:
        return ":".join(f"{self.rng.getrandbits(8):02x}" for _ in range(6))

    def user(self) -> str:
        return self._slug().replace(".", "")[:9] + str(self.rng.randint(1, 999))

    def password(self) -> str:
        return "".join(self.rng.choice("abcdefghkmnpqrstuvwxyzABCDEFGHKLMNPRSTUVW23456789!#%-_+") for _ in range(14))

    def api_key(self) -> str:
        return "".join(
            self.rng.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") for _ in range(40)
        )

    def cvv(self) -> str:
        return f"{self.rng.randint(100, 999)}"

    def digits(self, size: int) -> str:
        return str(self.rng.randint(1, 9)) + "".join(str(self.rng.randint(0, 9)) for _ in range(size - 1))

    def letters(self, size: int) -> str:
        return "".join(self.rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(size))

    def account(self) -> str:
        return self.digits(10)

    def passport(self) -> str:
        return self.letters(1) + self.digits(8)

    def licence(self) -> str:
        return self.letters(1) + self.digits(7)

    def plate(self) -> str:
        return f"{self.letters(2)}-{self.letters(2)} {self.digits(3)}"

    def mrn(self) -> str:
        return self.digits(8)

    def insurance(self) -> str:
        return self.letters(3) + self.digits(9)

    def tax(self) -> str:
        return self.digits(11)

    def nid(self) -> str:
        try:
            return str(self.fake.ssn())
        except Exception:
            return self.digits(10)

    def imei(self) -> str:
        body = "35" + self.digits(12)
        return body + luhn_digit(body)

    def vin(self) -> str:
        return "WVW" + "".join(self.rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(14))

    def wallet(self) -> str:
        return "0x" + "".join(self.rng.choice("0123456789abcdef") for _ in range(40))

    def bic(self) -> str:
        return self.letters(4) + self.rng.choice(["DE", "FR", "GB", "NL"]) + self.letters(2)
