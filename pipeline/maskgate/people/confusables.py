"""Names that look alike: a skeleton that maps common homographs to one letter, and a check for mixed scripts.

The table holds the Cyrillic, Greek, Armenian and Latin look-alikes of Unicode TS #39 that survive NFKC and case
folding. It only flags (at enrolment) and marks (in previews). Who may vote is compared byte for byte; who may not is
compared by ``account``, for another spelling of an account must not make its owner a stranger to the own request.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from maskgate.people.principal import Principal

_PAIRS = (
    ("а", "a"), ("ɑ", "a"), ("α", "a"), ("ь", "b"), ("в", "b"), ("β", "b"), ("с", "c"), ("ϲ", "c"), ("ԁ", "d"),
    ("ɗ", "d"), ("е", "e"), ("ё", "e"), ("ҽ", "e"), ("ε", "e"), ("ғ", "f"), ("ɡ", "g"), ("ց", "g"), ("һ", "h"),
    ("հ", "h"), ("н", "h"), ("і", "i"), ("ı", "i"), ("ɩ", "i"), ("ι", "i"), ("ї", "i"), ("l", "i"), ("1", "i"),
    ("|", "i"), ("ӏ", "i"), ("ј", "j"), ("ϳ", "j"), ("к", "k"), ("κ", "k"), ("м", "m"), ("ո", "n"), ("η", "n"),
    ("п", "n"), ("о", "o"), ("ο", "o"), ("օ", "o"), ("0", "o"), ("σ", "o"), ("р", "p"), ("ρ", "p"), ("ԛ", "q"),
    ("զ", "q"), ("г", "r"), ("ѕ", "s"), ("ꜱ", "s"), ("т", "t"), ("τ", "t"), ("υ", "u"), ("ս", "u"), ("ʋ", "u"),
    ("ν", "v"), ("ѵ", "v"), ("ԝ", "w"), ("ш", "w"), ("ω", "w"), ("х", "x"), ("χ", "x"), ("у", "y"), ("γ", "y"),
    ("ү", "y"), ("ʏ", "y"), ("ᴢ", "z"), ("ʐ", "z"),
)  # fmt: skip
_FOLD = str.maketrans(dict(_PAIRS))


def skeleton(text: str) -> str:
    """Equal for two texts that a reader can take for each other."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    return plain.translate(_FOLD).replace("rn", "m").replace("vv", "w")


@lru_cache(maxsize=8192)
def account(principal: Principal) -> Principal:
    """The account with case, compatibility forms, invisible characters and a final slash of the issuer left out."""
    return Principal(_spelt(principal.iss).rstrip("/"), _spelt(principal.sub))


def _spelt(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cc", "Cf", "Zs"))


def scripts(text: str) -> frozenset[str]:
    """Scripts of the letters, from their character names."""
    names = (unicodedata.name(c, "UNKNOWN").split(" ", 1)[0] for c in text if c.isalpha())
    return frozenset(names) & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "HEBREW", "ARABIC"}


def mixes_scripts(text: str) -> bool:
    """Whether one word mixes scripts that hold look-alikes."""
    words = "".join(c if c.isalpha() else " " for c in text).split()
    return any(len(scripts(word)) > 1 for word in words)
