"""Text of strangers made safe to show: no control characters, no direction tricks, look-alikes marked.

What a requester, an agent or a record says is shown as text and never as markup; a reviewer's page must look the same
whatever it says.
"""

from __future__ import annotations

import unicodedata

from maskgate.people import confusables

_KEPT = "\n\t"
_MRKDWN = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "_": "＿", "~": "∼", "`": "ˋ", "|": "¦"})


def clean(text: str, limit: int = 2000) -> str:
    """The text without control, format (bidi, zero-width, tag), private and unassigned characters, cut at ``limit``."""
    kept = "".join(c if c in _KEPT or not _dropped(c) else "" for c in text)
    lines = kept.replace("\u2028", "\n").replace("\u2029", "\n")
    return lines if len(lines) <= limit else lines[: limit - 1] + "…"


def one_line(text: str, limit: int = 200) -> str:
    """Like ``clean``, in one line: a newline cannot fake another field."""
    return clean(" ".join(clean(text, limit * 4).split()), limit)


def flags(text: str) -> tuple[str, ...]:
    """What a reviewer should know about this text: ``hidden``, ``mixed-scripts``, ``not-nfc``."""
    out = []
    if any(_dropped(c) and c not in _KEPT for c in text):
        out.append("hidden")
    if confusables.mixes_scripts(text):
        out.append("mixed-scripts")
    if unicodedata.normalize("NFC", text) != text:
        out.append("not-nfc")
    return tuple(out)


def mrkdwn(text: str, limit: int = 200) -> str:
    """One line for a chat message: neither links, mentions nor emphasis come through."""
    return one_line(text, limit).translate(_MRKDWN)


def _dropped(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn", "Cs") or "\ufe00" <= char <= "\ufe0f"
