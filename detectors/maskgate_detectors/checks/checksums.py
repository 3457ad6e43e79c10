"""Check digits and other proofs that a candidate is what it looks like.

National numbers are checked by python-stdnum and telephone numbers by phonenumbers; both are imported when the first
candidate needs them, so that loading the registry stays cheap. Every function takes the text as it was matched, with
its spaces and hyphens, and answers false instead of raising.
"""

from __future__ import annotations

import hashlib
import importlib
import ipaddress
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Final

_SEPARATORS: Final = re.compile(r"[\s\-./]+")


def digits_of(text: str) -> str:
    """The digits of the text, in order; digits of other scripts count as digits."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


def compact(text: str) -> str:
    """The text in upper case without white space, hyphens, full stops and slashes."""
    return _SEPARATORS.sub("", text).upper()


def luhn(text: str) -> bool:
    """Whether the digits pass the mod-10 check of ISO/IEC 7812-1."""
    digits = [int(c) for c in digits_of(text)]
    if len(digits) < 2:
        return False
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * d, 10)) for d in digits[-2::-2])
    return total % 10 == 0


# Issuer ranges with their lengths: https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)
_CARD_RANGES: Final[tuple[tuple[int, int, frozenset[int]], ...]] = (
    (340000, 349999, frozenset({15})),  # American Express
    (370000, 379999, frozenset({15})),
    (300000, 305999, frozenset({14, 16})),  # Diners Club
    (309500, 309599, frozenset({14, 16})),
    (360000, 369999, frozenset({14, 16})),
    (380000, 399999, frozenset({14, 16})),
    (352800, 358999, frozenset({16})),  # JCB
    (400000, 499999, frozenset({16, 19})),  # Visa
    (510000, 559999, frozenset({16})),  # Mastercard
    (222100, 272099, frozenset({16})),
    (220000, 220499, frozenset({16})),  # Mir
    (601100, 601199, frozenset({16, 19})),  # Discover
    (644000, 659999, frozenset({16, 19})),
    (622126, 622925, frozenset({16, 17, 18, 19})),  # UnionPay
    (620000, 629999, frozenset({16, 17, 18, 19})),
    (650000, 650999, frozenset({16})),  # RuPay
    (508500, 508999, frozenset({16})),
    (979200, 979289, frozenset({16})),  # Troy
    (675900, 676999, frozenset({16})),  # Maestro
    (500000, 509999, frozenset({16})),
    (560000, 589999, frozenset({16})),
)


def payment_card(text: str) -> bool:
    """Whether the digits are of an issuer's range and length, pass Luhn, and are not one digit repeated."""
    digits = digits_of(text)
    if not 14 <= len(digits) <= 19 or len(set(digits)) < 2:
        return False
    head = int(digits[:6])
    if not any(low <= head <= high and len(digits) in lengths for low, high, lengths in _CARD_RANGES):
        return False
    return luhn(digits)


# Lengths by country: https://www.swift.com/standards/data-standards/iban-international-bank-account-number
_IBAN_LENGTHS: Final[dict[str, int]] = {
    code: length
    for length, codes in {
        15: "NO", 16: "BE", 18: "DK FK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for code in codes.split()
}  # fmt: skip


def iban(text: str) -> bool:
    """Whether the text has its country's length and passes the mod-97 check of ISO 13616."""
    value = compact(text)
    if _IBAN_LENGTHS.get(value[:2]) != len(value) or not value.isascii() or not value.isalnum():
        return False
    return int("".join(str(int(c, 36)) for c in value[4:] + value[:4])) % 97 == 1


def us_ssn(text: str) -> bool:
    """Whether area, group and serial are ones that are given out (no 000, 666, 9xx)."""
    digits = digits_of(text)
    if len(digits) != 9 or len(set(digits)) == 1:
        return False
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in {"000", "666"} and area[0] != "9" and group != "00" and serial != "0000"


@cache
def _stdnum(module: str) -> Any:
    return importlib.import_module("stdnum." + module)


def stdnum(*modules: str, prefix: str = "") -> Callable[[str], bool]:
    """A check that is true where one of these python-stdnum modules accepts the text (``stdnum("es.nif")``)."""

    def check(text: str) -> bool:
        value = text.strip()
        if prefix and compact(value).startswith(prefix):
            value = compact(value)[len(prefix) :]
        return any(_accepts(module, value) for module in modules)

    return check


def _accepts(module: str, value: str) -> bool:
    try:
        return bool(_stdnum(module).is_valid(value))
    except (ValueError, KeyError, IndexError, TypeError, ArithmeticError):
        return False  # is_valid answers false for a bad number; some modules let other errors of odd input through


@lru_cache(maxsize=4096)
def international_phone(text: str) -> bool:
    """Whether a number with its country code (``+`` or ``00``) has a length that its country uses."""
    import phonenumbers

    value = text.strip().replace("_", " ")
    if value.startswith("00"):
        value = "+" + value[2:]
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_possible_number(number)) and len(set(digits_of(text)[-7:])) > 1


# Tried in this order for a number without a country code; the sum of their people covers most national formats.
_REGIONS: Final = (
    *("US", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "SE", "PT", "BE", "CH", "AT", "DK", "NO", "FI", "IE", "CZ", "GR"),
    *("RO", "HU", "IN", "BR", "MX", "AU", "JP", "KR", "CN", "TR", "RU", "UA", "ZA", "IL", "SG", "AR", "ID", "TH"),
)


_DATE: Final = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d{2}|(?:19|20)\d{2}([/.-])\d{1,2}\2\d{1,2}"
)


@lru_cache(maxsize=4096)
def national_phone(text: str) -> bool:
    """Whether some country would accept the number as it is dialled at home."""
    import phonenumbers

    if len(set(digits_of(text)[-7:])) < 2 or _DATE.fullmatch(text) is not None:
        return False
    if any(len(group) == 1 for group in text.split(".")[1:]):  # 69.0.3497: of a version
        return False
    for region in _REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False


_INSIDE: Final = tuple(
    ipaddress.IPv4Network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
FIRST_INSIDE: Final = frozenset(str(net.network_address).partition(".")[0] for net in _INSIDE)  # octets


def inside(address: ipaddress.IPv4Address) -> bool:
    """Whether the address is one of those that every company, cluster and home uses for itself."""
    return any(address in net for net in _INSIDE)


def ip_address_inside(text: str) -> bool:
    """Whether the text is an address inside a company, a cluster or a home: of a person only where words say so."""
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return inside(address) and not all(part < 20 for part in address.packed) and not text.endswith((".0.0", ".0.1"))


def ip_address(text: str) -> bool:
    """Whether the text is an address of one host: no network, loopback, netmask, multicast or unspecified address."""
    value = text.strip("[]").split("%")[0]
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        if inside(address):
            return False  # ip_address_inside asks for more
        if all(part < 20 for part in address.packed):
            return False  # 8.8.8.8, 10.2.0.4: resolvers, gateways and versions of four parts
        return not value.startswith(("255.", "169.254.169.254")) and not value.endswith(".0.0")
    if address.ipv4_mapped is not None:
        return ip_address(str(address.ipv4_mapped))
    groups = [part for part in value.split(":") if part]
    if len(groups) == 8 and all(len(part) == 2 for part in groups):
        return False  # a world-wide name or EUI-64
    if value.lower().startswith("fe80:") and len(groups) < 3:
        return False
    return any(c.isdigit() for c in value) and (
        len(groups) >= 3 or value.lower().startswith(("fe80", "fd", "fc", "20", "2a", "26", "24", "28"))
    )


_B58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58check(text: str) -> bool:
    """Whether the text is Base58Check: its last four bytes are the double SHA-256 of the rest."""
    number = 0
    for char in text:
        place = _B58.find(char)
        if place < 0:
            return False
        number = number * 58 + place
    zeros = len(text) - len(text.lstrip("1"))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(raw) < 5:
        return False
    return hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def bech32(text: str) -> bool:
    """Whether the text passes the checksum of BIP 173 or BIP 350."""
    value = text.lower()
    head, _, data = value.rpartition("1")
    if not head or len(data) < 6 or any(c not in _BECH32 for c in data):
        return False
    values = [ord(c) >> 5 for c in head] + [0] + [ord(c) & 31 for c in head] + [_BECH32.index(c) for c in data]
    total = 1
    for item in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ item
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            total ^= generator if (top >> bit) & 1 else 0
    return total in {1, 0x2BC830A3}


_VIN_VALUES: Final = {
    **{c: int(c) for c in "0123456789"},
    **{c: int(d) for c, d in zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)},
}  # fmt: skip
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(text: str) -> bool:
    """Whether the vehicle number passes the check digit that North America requires (49 CFR 565.15)."""
    value = text.upper()
    if len(value) != 17 or any(c not in _VIN_VALUES for c in value) or len(set(value)) < 5:
        return False
    rest = sum(_VIN_VALUES[c] * w for c, w in zip(value, _VIN_WEIGHTS, strict=True)) % 11
    return value[8] == ("X" if rest == 10 else str(rest))


_ROLES: Final = frozenset({"git", "hg", "svn"})
_NO_TOP_LEVEL: Final = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "ico",
        "pdf",
        "css",
        "js",
        "mjs",
        "ts",
        "tsx",
        "jsx",
        "html",
        "htm",
        "json",
        "xml",
        "yml",
        "yaml",
        "txt",
        "csv",
        "log",
        "zip",
        "gz",
        "tar",
        "md",
        "service",
        "socket",
        "timer",
        "target",
        "mount",
        "slice",
        "scope",
        "device",
        "path",
        "swap",
        "jar",
        "war",
        "exe",
        "dll",
        "so",
        "whl",
        "rpm",
        "deb",
        "class",
    ]
)


def email(text: str) -> bool:
    """Whether the address is no repository remote (``git@host``), file name (``icon@2x.png``) or systemd unit."""
    local, _, domain = text.rpartition("@")
    if local.casefold() in _ROLES or ".." in local or not domain or _REMOTE.fullmatch(text):
        return False
    return domain.rpartition(".")[2].casefold() not in _NO_TOP_LEVEL and email_of_someone(text)


_REMOTE: Final = re.compile(r"org-\d{1,12}@(?:[\w-]{1,40}\.)*github\.\w{2,3}")


_SYSTEM_MAIL: Final = re.compile(
    r"(?:(?:no|do[._-]?not)[._-]?reply|mailer[._-]?daemon|postmaster|bounces?|notifications?|alerts?|abuse|hostmaster"
    r"|auto[._-]?(?:mail|reply|confirm)|unsubscribe)(?:[+._-].*)?@.*"
    r"|.*\[bot\]@.*|.*[\^\\].*"
    r"|(?:you|your|your[._-]?(?:e-?mail|name)|user|username|e-?mail|name|someone|somebody|first[._]?(?:name)?[._]last(?:name)?"
    r"|vorname[._]nachname|prenom[._]nom|x{2,}|foo|bar)@(?:(?:your|my)?-?(?:example|domain|company|email|mail|test|host|provider)"
    r"|yourdomain|foo|bar)\.[a-z]{2,7}(?:\.[a-z]{2})?"
    r"|(?:root|deploy(?:er|ment)?|ci|cd|git|svn|admin|administrator|ubuntu|debian|centos|fedora|ec2-user|core|vagrant|pi|jenkins"
    r"|ansible|backup|postgres|mysql|www-data|nginx|app|service|svc|system|daemon|nobody|user|runner|build|automation|terraform)"
    r"@[^@]+\.(?:internal|local|lan|localdomain|intranet|corp|home|svc|cluster|consul|test|invalid)"
    r"|(?=[^@]*\d)[0-9a-f]{16,}[^@]*@.*"
    r"|\d{8,}\.[0-9A-Za-z.]{6,}@.*|<?[0-9A-Za-z]{16,}[.$-][0-9A-Za-z.$-]{8,}@.*",
    re.IGNORECASE,
)


@cache
def _system_mail_program() -> tuple[Any, Any]:
    """``_SYSTEM_MAIL`` without its look-ahead for RE2, which says of most addresses at once that they are none."""
    import re2

    options = re2.Options()
    options.case_sensitive = False
    program = re2.compile(_SYSTEM_MAIL.pattern.replace(r"(?=[^@]*\d)", ""), options=options)
    return program._regexp.Match, re2._re2.RE2.Anchor.ANCHOR_BOTH


def email_of_someone(text: str) -> bool:
    """Whether the address may be a person's: no robot's, no placeholder, no login at a machine, no id of a message."""
    match, both = _system_mail_program()
    data = text.encode("utf-8", "replace")
    return match(both, data, 0, len(data))[0][0] < 0 or _SYSTEM_MAIL.fullmatch(text) is None


def nhs(text: str) -> bool:
    """Whether ten digits pass the mod-11 check of an NHS number and are not one digit repeated."""
    digits = digits_of(text)
    return len(digits) == 10 and len(set(digits)) > 2 and _accepts("gb.nhs", digits)


def us_npi(text: str) -> bool:
    """Whether ten digits that begin with 1 or 2 pass Luhn behind the prefix 80840."""
    digits = digits_of(text)
    return len(digits) == 10 and digits[0] in "12" and luhn("80840" + digits)


def dea_number(text: str) -> bool:
    """Whether the last digit of a DEA registration is the sum its other six digits give."""
    digits = [int(c) for c in text if c.isdecimal()]
    if len(digits) != 7:
        return False
    return (sum(digits[0:5:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def aba_routing(text: str) -> bool:
    """Whether nine digits pass the 3-7-1 check of a US routing number and begin with a Federal Reserve prefix."""
    digits = [int(c) for c in digits_of(text)]
    if len(digits) != 9 or len(set(digits)) < 3:
        return False
    head = digits[0] * 10 + digits[1]
    if not (head <= 12 or 21 <= head <= 32 or 61 <= head <= 72 or head == 80):
        return False
    return sum(d * w for d, w in zip(digits, (3, 7, 1, 3, 7, 1, 3, 7, 1), strict=True)) % 10 == 0


def imei(text: str) -> bool:
    """Whether fifteen digits pass Luhn and begin with a reporting body's code."""
    digits = digits_of(text)
    return len(digits) == 15 and digits[:2] in {"01", "35", "86", "99", "45", "49", "44"} and luhn(digits)
