"""Which names the console answers to. A page of another site whose name was pointed at this host is turned away.

Without this a name that its owner re-points at a loopback address reads the pages as if they were its own (DNS
rebinding). An address written in digits needs no list: nobody else can own the page that a browser loads from it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from maskgate.base.config import Console
from maskgate.base.errors import RefusedError

_LOOPBACK = "localhost"
_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?)\.?(?::[0-9]{1,5})?")
_WILD = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  (names that are left out)


def allowed(console: Console) -> frozenset[str]:
    """Names from the settings: the origins, the relying party, the listening name, and ``console.hosts``."""
    names = [console.rp_id, console.host]
    return configured(console) | frozenset(_plain(name) for name in names) - _WILD | {_LOOPBACK}


def configured(console: Console) -> frozenset[str]:
    """Names that are this console's alone: those of its origins and of ``console.hosts``."""
    names = [*(urlsplit(origin).hostname or "" for origin in console.origins), *console.hosts]
    return frozenset(_plain(name) for name in names) - _WILD


def check(headers: Sequence[str], names: Iterable[str]) -> str:
    """The name of a call whose one Host header names this console.

    Raises:
        RefusedError: code ``unknown_host``.
    """
    found = _HOST.fullmatch(headers[0].lower()) if len(headers) == 1 else None
    if found is None:
        raise RefusedError("unknown_host", "The call carries no Host header, several, or one that is no name.")
    name = found[1]
    if name in names or name.endswith(f".{_LOOPBACK}") or _is_address(name):
        return name.strip("[]")
    raise RefusedError(
        "unknown_host",
        f"This console does not answer to the name {name}. If the name is right, the operator lists it in "
        "console.origins (pages) or console.hosts (API only).",
    )


def is_foreign(name: str, names: Iterable[str]) -> bool:
    """Whether a name of the Host header is an address that nothing says is ours: whoever relays a call can write it."""
    if not _is_address(name) or name in names:
        return False
    return not ipaddress.ip_address(name.strip("[]")).is_loopback


def _plain(name: str) -> str:
    return name.strip().lower().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
