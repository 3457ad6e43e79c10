"""The MAC under which lineage can find a value again without storing it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from hashlib import blake2b

from maskgate.crypto.keyring import Keyring

# Written with many separators: only letters and digits count.
COMPACT = frozenset(
    "PHONE_NUMBER CREDIT_CARD IBAN_CODE US_SSN US_ITIN US_PASSPORT US_BANK_NUMBER US_DRIVER_LICENSE UK_NHS UK_NINO "
    "MAC_ADDRESS TAX_ID PASSPORT NATIONAL_ID DRIVER_LICENSE BANK_ACCOUNT CRYPTO".split()
)
_SEPARATORS = re.compile(r"[\W_]+")


def normalise(text: str, compact: bool) -> bytes:
    """The form in which two spellings of one value are equal."""
    if text.isascii():
        folded = text.lower()
        out = _SEPARATORS.sub("", folded) if compact else " ".join(folded.split())
        return out.encode()
    folded = unicodedata.normalize("NFKC", text).casefold()
    out = _SEPARATORS.sub("", folded) if compact else " ".join(folded.split())
    return out.encode("utf-8", "surrogatepass")


def value_mac(keyring: Keyring) -> Callable[[str, str], str]:
    """A function (entity, text) → hex MAC under the lineage key."""
    key = keyring.key("lineage").derive("value_mac", 32)
    base = blake2b(key=key, digest_size=16, person=b"maskgate-value")

    def mac(entity: str, text: str) -> str:
        state = base.copy()
        if entity not in COMPACT and text.isascii():  # as normalise does it, without the call
            state.update(" ".join(text.lower().split()).encode())
        else:
            state.update(normalise(text, entity in COMPACT))
        return state.hexdigest()

    return mac


def search_macs(keyring: Keyring, text: str) -> set[str]:
    """Every ``value_mac`` that ``text`` may have in lineage, under any lineage key that is not retired."""
    found = set()
    for key in keyring.every("lineage"):
        if key.state == "retired":
            continue
        secret = key.derive("value_mac", 32)
        for compact in (False, True):
            data = normalise(text, compact)
            found.add(blake2b(data, key=secret, digest_size=16, person=b"maskgate-value").hexdigest())
    return found


Span = tuple[int, int, int]
"""First word, word behind the last one, number of words."""
_MOST_WORDS = 8


def search_spans(keyring: Keyring, name: str) -> dict[str, Span]:
    """For a name of several words: the MAC of each run of its words, and which words it is.

    First and last name may stand in fields of their own; which words are whose, nobody can say beforehand.
    """
    words = name.replace(",", " ").split()
    size = len(words)
    if not 1 < size <= _MOST_WORDS:
        return {}
    return {
        mac: (start, end, size)
        for start in range(size)
        for end in range(start + 1, size + 1)
        if end - start < size
        for mac in search_macs(keyring, " ".join(words[start:end]))
    }
