"""Signed heads of the log that lie elsewhere: on the checkpoints topic, and with the witnesses that the settings name.

The gate's own file can be moved away together with the end of the log; what others hold cannot.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

from maskgate.base.errors import WorldError

_MOST = 1 << 20
_TIMEOUT_S = 10.0


def witnessed(places: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """(place, envelope) of every line that the witnesses hold: files, or pages that give such a file.

    Raises:
        WorldError: one does not answer; without it nobody can say that the log is whole.
    """
    for place in places:
        for line in _held(place).split(b"\n"):
            if line.strip():
                yield place, line.strip()


def _held(place: str) -> bytes:
    try:
        if not place.startswith(("http://", "https://")):
            return Path(place).read_bytes()[-_MOST:]
        with urllib.request.urlopen(place, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - the scheme is checked above
            return bytes(answer.read(_MOST))
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise WorldError(
            f"the witness {place} does not answer ({type(error).__name__}): whether the log is whole cannot be said"
        ) from None
