"""Text of strangers made safe to show: no control characters, no direction tricks, look-alikes marked.

What a requester, an agent or a record says is shown as text and never as markup; a reviewer's page must look the same
whatever it says. Nothing is dropped in silence: what cannot be shown stands there as ``⟨U+200B⟩``.
"""

from __future__ import annotations

import re
import unicodedata

from maskgate.people import confusables

_KEPT = "\n\t"
_MRKDWN = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "_": "＿", "~": "∼", "`": "ˋ", "|": "¦"})
_SIGNS = "⟦⟧⟨⟩⚠"
"""Brackets and signs that only we write."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_ODD = re.compile(r"[^\x20-\x7e]")


def visible(text: str) -> str:
    """The text in one line, every character of it to be seen: different texts give different lines.

    Control, format (bidi, zero-width, tag), blank, private and unassigned characters, white space other than the
    space, and our own signs are written as ``⟨U+200B⟩``.
    """
    if text.isascii() and text.isprintable():
        return text
    return _ODD.sub(lambda found: _mark(found[0]) if _unseen(found[0]) or found[0] in _SIGNS else found[0], text)


def clean(text: str, limit: int = 2000) -> str:
    """The text with what cannot be seen marked; line breaks and tabs stay; cut at ``limit``."""
    kept = "".join(c if c in _KEPT or not _dropped(c) else _mark(c) for c in text[: limit + 1])
    lines = kept.replace("\u2028", "\n").replace("\u2029", "\n")
    return lines if len(lines) <= limit else lines[: limit - 1] + "…"


def one_line(text: str, limit: int = 200) -> str:
    """Like ``clean``, in one line: a newline cannot fake another field."""
    return clean(" ".join(clean(text, limit * 4).split()), limit)


def flags(text: str) -> tuple[str, ...]:
    """What a reviewer should know about this text: ``hidden``, ``mixed-scripts``, ``not-nfc``."""
    if text.isascii() and text.isprintable():
        return ()
    out = []
    if any(_unseen(c) and c not in _KEPT for c in text):
        out.append("hidden")
    if confusables.mixes_scripts(text):
        out.append("mixed-scripts")
    if unicodedata.normalize("NFC", text) != text:
        out.append("not-nfc")
    return tuple(out)


def mrkdwn(text: str, limit: int = 200) -> str:
    """One line for a chat message: neither links, mentions nor emphasis come through."""
    return one_line(text, limit).translate(_MRKDWN)


def _mark(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


def _dropped(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn", "Cs") or "\ufe00" <= char <= "\ufe0f"


def _unseen(char: str) -> bool:
    """Whether the character shows nothing, or no more than a space does."""
    return _dropped(char) or char in _BLANK or (unicodedata.category(char)[0] == "Z" and char != " ")
