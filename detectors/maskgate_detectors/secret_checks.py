"""Tell a credential from the words that stand where one could be."""

from __future__ import annotations

import base64
import binascii
import itertools
import math
import re
from collections import Counter
from typing import Final

_SAID_SO: Final = re.compile(
    r"example|placeholder|changeme|change_me|your[_-]|xxxxx|\*\*\*|redacted|dummy|insert[_-]"
    r"|0123456789|abcdefgh|notreal"
)


def _entropy(text: str) -> float:
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values()) if size else 0.0


def _longest_run(text: str) -> int:
    return max((sum(1 for _ in group) for _, group in itertools.groupby(text)), default=0)


def real(text: str) -> bool:
    """Whether a token with a known prefix is random enough, and does not say of itself that it is an example."""
    if _SAID_SO.search(text.lower()) is not None or _entropy(text) < 2.5:
        return False
    return _longest_run(text) < 8 or text.startswith("AAAAAAAA")


_CODE: Final = re.compile(
    r"[()\[\]{}<>]|^\$|\$[A-Z_]{3}|://|::|\.\.|=>|->|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^(?:self|this|os|process|config"
    r"|env|settings|req|request)\."
)
_PLAIN: Final = re.compile(r"[A-Za-z]+(?:[-_.][A-Za-z]+)*|\d+(?:\.\d+)?")


def assigned(text: str) -> bool:
    """Whether the right side of ``token = …`` is a value: eight characters, letters and digits, no code, no name."""
    if len(text) < 8 or _CODE.search(text) is not None or _PLAIN.fullmatch(text) is not None:
        return False
    has_letter, has_digit = any(c.isalpha() for c in text), any(c.isdigit() for c in text)
    return has_letter and has_digit and _entropy(text) >= 2.5 and real(text)


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


def password(text: str) -> bool:
    """Whether the right side of ``password = …`` is one: five characters, no white space, not a plain word or code."""
    if len(text) < 5 or text.split() != [text] or text.casefold() in _NOT_PASSWORDS or _CODE.search(text) is not None:
        return False
    if _SAID_SO.search(text.lower()) is not None or len(set(text)) < 3:
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
