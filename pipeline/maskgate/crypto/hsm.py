"""A token of a hardware module, by PKCS #11 (extra ``pkcs11``), named by a URI of RFC 7512.

``pkcs11:token=maskgate;object=maskgate-gate?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=/run/secrets/pin``
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from maskgate.base import extras, filemodes
from maskgate.base.errors import ConfigurationError, WorldError

_T = TypeVar("_T")
_KNOWN = frozenset({"token", "object", "type", "module-path", "pin-source"})
_FORM = "pkcs11:token=LABEL;object=KEY?module-path=/PATH/TO/MODULE.so&pin-source=/PATH/TO/PIN"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key is: the module's library, the token, the key's label, and the file of the PIN."""

    module: str
    token: str
    label: str
    pin_file: str

    @classmethod
    def parse(cls, uri: str, label: str = "") -> Place:
        """The place of a URI; ``label`` is the object where the URI names none.

        Raises:
            ConfigurationError: not such a URI, or one with the PIN itself in it.
        """
        path, _, query = uri.removeprefix("pkcs11:").partition("?")
        pairs = [pair.partition("=") for pair in (*path.split(";"), *query.split("&")) if pair]
        found = {name: unquote(value) for name, _, value in pairs}
        if "pin-value" in found:
            raise ConfigurationError("pkcs11: a PIN never stands in a setting; write it to a file: pin-source=FILE")
        if not uri.startswith("pkcs11:") or len(found) < len(pairs) or not found.keys() <= _KNOWN:
            raise ConfigurationError(f"not a PKCS #11 URI that is understood here; it is {_FORM}")
        place = cls(
            found.get("module-path", ""),
            found.get("token", ""),
            found.get("object", label),
            found.get("pin-source", "").removeprefix("file:"),
        )
        if not (place.module and place.token and place.label and place.pin_file):
            raise ConfigurationError(f"a PKCS #11 URI needs a token, an object, a module and a PIN: {_FORM}")
        return place

    def uri(self) -> str:
        """The URI of this place."""
        token, label = quote(self.token, safe=""), quote(self.label, safe="")
        return f"pkcs11:token={token};object={label}?module-path={quote(self.module)}&pin-source={quote(self.pin_file)}"

    def __str__(self) -> str:
        return f"the key '{self.label}' of the PKCS #11 token '{self.token}'"


class _Process:
    """The sessions of this process: a token is logged in once for all of it, and one call runs at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._sessions: dict[tuple[str, str], Any] = {}
        self._libraries: dict[str, int] = {}

    def session(self, place: Place) -> Any:
        """The session with the token of a place."""
        import pkcs11

        at = (place.module, place.token)
        if self._libraries.setdefault(place.module, os.getpid()) != os.getpid():  # forked: nothing of the parent counts
            pkcs11.lib(place.module).reinitialize()
            self._sessions = {key: held for key, held in self._sessions.items() if key[0] != place.module}
            self._libraries[place.module] = os.getpid()
        if at not in self._sessions:
            token = pkcs11.lib(place.module).get_token(token_label=place.token)
            self._sessions[at] = token.open(rw=True, user_pin=filemodes.read_passphrase(place.pin_file))
        return self._sessions[at]

    def forget(self, place: Place) -> None:
        """Open another session with the next call."""
        held = self._sessions.pop((place.module, place.token), None)
        with contextlib.suppress(Exception):  # it failed already; what can be given back is
            held.close()


_PROCESS = _Process()


def use(place: Place, act: Callable[[Any], _T]) -> _T:
    """What ``act`` makes of a session with the token of a place.

    Raises:
        ConfigurationError: no such module or token, or the PIN does not open it. WorldError: the token failed.
    """
    extras.need("pkcs11")
    if not Path(place.module).is_file():
        raise ConfigurationError(f"{place.module}: there is no such PKCS #11 module")
    from pkcs11 import exceptions as wrong

    with _PROCESS.lock:
        try:
            return act(_PROCESS.session(place))
        except (wrong.PinIncorrect, wrong.PinLocked, wrong.PinInvalid, wrong.PinLenRange) as error:
            raise ConfigurationError(f"{place}: the PIN does not open it: {type(error).__name__}") from None
        except wrong.NoSuchToken:
            raise ConfigurationError(f"{place}: the module has no such token") from None
        except wrong.PKCS11Error as error:
            _PROCESS.forget(place)
            raise WorldError(f"{place}: the token failed: {type(error).__name__}") from None
