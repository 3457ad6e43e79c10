"""What an answer over HTTP means for whoever has something to deliver."""

from __future__ import annotations

from typing import Literal

AGAIN = frozenset((408, 425, 429))


def means(status: int) -> Literal["taken", "again", "refused"]:
    """2xx is taken; 408, 425, 429 and 5xx pass by themselves and are tried again; all others are refused."""
    if 200 <= status < 300:
        return "taken"
    return "again" if status >= 500 or status in AGAIN else "refused"


def seconds(retry_after: str) -> float:
    """The pause of a ``Retry-After`` header in seconds; 0 where there is none, or a date."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
