"""Tell a credential from the words that stand where one could be."""

from __future__ import annotations

import base64
import binascii
import itertools
import math
import re
from collections import Counter
from typing import Final

from maskgate_detectors.model import negative_patterns as unlike


def _entropy(text: str) -> float:
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values()) if size else 0.0


def _longest_run(text: str) -> int:
    return max((sum(1 for _ in group) for _, group in itertools.groupby(text)), default=0)


def real(text: str) -> bool:
    """Whether a token with a known prefix is random enough, and not made of the words that stand for one.

    A token of a provider's documentation is one like any other: who pastes it may have changed it.
    """
    if unlike.placeholder(text) or _entropy(text) < 2.5:
        return False
    return _longest_run(text) < 8 or text.startswith("AAAAAAAA")


_CODE: Final = re.compile(
    r"[()\[\]{}<>]|^\$|\$[A-Z_]{3}|://|::|\.\.|=>|->|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^(?:self|this|os|process|config"
    r"|env|settings|req|request)\."
)
_PLAIN: Final = re.compile(r"[A-Za-z]+(?:[-_.][A-Za-z]+)*|\d+(?:\.\d+)?")


def assigned(text: str) -> bool:
    """Whether the right side of ``token = …`` is a value: eight characters, letters and digits, no code, no name."""
    if len(text) < 8 or _CODE.search(text) is not None:
        return False
    if _PLAIN.fullmatch(text) is not None:
        return random_letters(text)
    has_letter, has_digit = any(c.isalpha() for c in text), any(c.isdigit() for c in text)
    return has_letter and has_digit and _entropy(text) >= 2.5 and real(text)


_NO_VOWEL: Final = re.compile(r"[b-df-hj-np-tv-xz]{4}", re.IGNORECASE)


def random_letters(text: str) -> bool:
    """Whether a text of letters alone is random: its case changes often, and no syllables can be read in it."""
    if len(text) < 16 or not (text.isascii() and text.isalpha()):
        return False
    changes = sum(a.isupper() != b.isupper() for a, b in itertools.pairwise(text))
    return changes >= 0.3 * len(text) and _NO_VOWEL.search(text) is not None


_WORDS: Final = re.compile(r"[a-z]+(?:[-_.][a-z]+)*")
_NOT_PASSWORDS: Final = frozenset(
    [
        "string",
        "str",
        "text",
        "none",
        "null",
        "true",
        "false",
        "required",
        "optional",
        "password",
        "passwd",
        "secret",
        "hidden",
        "incorrect",
        "invalid",
        "expired",
        "wrong",
        "reset",
        "changed",
        "missing",
        "empty",
        "prompt",
        "input",
        "weak",
        "strong",
        "valid",
        "default",
        "username",
        "login",
    ]
)


_APP_PASSWORD: Final = re.compile(r"[a-z]{4}(?:-[a-z]{4}){3}")  # Apple's for one application


def password(text: str) -> bool:
    """Whether the right side of ``password = …`` is one: five characters, no white space, not a plain word or code."""
    if len(text) < 5 or text.split() != [text] or text.casefold() in _NOT_PASSWORDS or _CODE.search(text) is not None:
        return False
    if _APP_PASSWORD.fullmatch(text) is not None:
        return True
    if text[-1] in "=:" and text[:-1].isidentifier() and not (len(text) > 20 and has_mixed_case(text)):  # the next name
        return False
    if unlike.placeholder(text) or len(set(text)) < 3:
        return False
    if _WORDS.fullmatch(text) is not None:
        return False
    return not text.isalpha() or (not text.isupper() and not text.istitle())


def basic_credentials(text: str) -> bool:
    """Whether the text is base64 of ``user:password``."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        return b":" in plain and plain.decode("utf-8").isprintable()
    except (binascii.Error, ValueError):
        return False


def has_mixed_case(text: str) -> bool:
    """Whether a long token has upper and lower case letters and a digit, as base64 of random bytes has."""
    return any(c.isupper() for c in text) and any(c.islower() for c in text) and any(c.isdigit() for c in text)


_WORD_LIKE: Final = frozenset(
    "password passwort passwd pass pwd user username name value values test none null true false "
    "string text required optional secret hidden invalid expired wrong reset changed missing empty prompt input "
    "weak strong valid default login new old current confirm confirmed token key file path host field type data "
    "info here only with from this that self form args opts options config params request payload body "
    "body_password env environ yes no stdin pipe ask auto basic plain hashed hash encrypted redacted masked unset "
    "disabled enabled random generated failed incorrect rejected accepted unchanged updated saved rotated is was "
    "set for and the not must should may can your please forgot policy strength length mypassword my_password "
    "user_password db_password your_password credential credentials".split()
)


def word_password(text: str) -> bool:
    """Whether a plain word where a password stands is one, and none of the words of programs and messages."""
    return text.isalpha() and len(text) >= 4 and text.casefold() not in _WORD_LIKE and len(set(text)) > 2


def password_there(text: str) -> bool:
    """:func:`password`, or a word: for places where nothing but a password stands."""
    return password(text) or word_password(text)


_SLUG: Final = re.compile(r"(?:[A-Za-z]{2,20}|\d{1,6})(?:[-_.:/](?:[A-Za-z]{2,20}|\d{1,6}))+")


def loose_token(text: str) -> bool:
    """:func:`assigned`, and no name made of words and numbers: for places that name other things, too."""
    return assigned(text) and _SLUG.fullmatch(text) is None


def told(text: str) -> bool:
    """Whether a word behind «password» in a sentence is one: six characters, a letter and a digit, no code."""
    if len(text) < 6 or _CODE.search(text) is not None or unlike.placeholder(text):
        return False
    if (
        not any(c.isalpha() for c in text)
        or text[0] in "-/.$%"
        or re.fullmatch(r"[vV]?\d+(?:\.\d+)*|\d+\w{1,5}|\w+[-/]\d{1,3}", text)
    ):
        return False
    signs = any(c in "!@#$%^&*~+?" for c in text[1:])
    return any(c.isdigit() for c in text) or (signs and any(map(str.isupper, text)) and any(map(str.islower, text)))


def random_token(text: str) -> bool:
    """Whether the text is random in upper and lower case: no UUID, no digest, no id that counts."""
    if len(text) < 16 or not real(text) or " " in text:
        return False
    return (
        has_mixed_case(text) and _entropy(text) >= 3.3 and re.fullmatch(r"[A-Z]{2}[0-9a-f]{32}|\w+@\S+", text) is None
    )


_FIELD_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,20}(?:[-_.:/][A-Za-z0-9]{1,20}){1,8}|/[\w.-]+(?:/[\w.-]+)*")


_NAMED_PATH: Final = re.compile(
    r"[a-z][a-z0-9_.-]*(?:/[a-z0-9_.-]+)+(?:-[A-Za-z0-9]{6})?|[a-z]{2,}(?:[-_.][a-z]{2,}\d{0,2})+"
)


_ISSUED: Final = re.compile(  # with these begin tokens of providers, whatever follows
    r"(?:sk|pk|rk)[-_](?:live|test|proj|ant|or|prod|svcacct|admin)[-_]\S|(?:gh[oprsu]|github_pat|glpat|glrt|hf|npm|pypi"
    r"|xox[abeprs]|xapp|dop_v1|shp(?:at|ca|pa|ss)|SG|whsec|lin_api|figd|rpa|pul|dckr_pat|sq0[a-z]{3})[-_.][A-Za-z0-9]{6}"
)


def field_secret(text: str) -> bool:
    """Whether a value under ``secret``, ``api_key`` … is one: eight characters that no name, path or message has."""
    if not unlike.own_value(text) or len(text) < 8 or unlike.placeholder(text):
        return False
    if _ISSUED.match(text) is not None:
        return True
    if len(text) < 32 and _NAMED_PATH.fullmatch(text) is not None:
        return False
    has_digit, entropy = any(c.isdigit() for c in text), _entropy(text)
    if text[0] == "/":
        return has_digit and has_mixed_case(text) and entropy >= 3.5 and "." not in text
    if has_digit:
        return True
    mixed = any(c.isupper() for c in text) and any(c.islower() for c in text)
    if any(not c.isalnum() and c not in "-_.:/" for c in text):
        return mixed or entropy >= 3.0
    if _FIELD_PLAIN.fullmatch(text) is not None:
        return False
    changes = sum(a.islower() and b.isupper() for a, b in itertools.pairwise(text))
    return (len(text) >= 20 and entropy >= 3.3) or (len(text) >= 12 and changes >= 4 and entropy >= 3.0)


def private_key(text: str) -> bool:
    """Whether a value under ``private_key``, ``seed_phrase`` … is one: PEM, words, or random; no path, no format."""
    if text.startswith("-----BEGIN ") or " " in text:
        return unlike.own_value(text)
    return field_secret(text)
