"""Who may call the API: one key a client, compared by digest in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError

_SHORTEST = 24


@dataclass(frozen=True, slots=True)
class Client:
    """A caller, and the policy that masks for it (None: the one of the settings)."""

    name: str
    digest: bytes
    policy: str | None = None


class Clients:
    """The clients of the settings."""

    def __init__(self, clients: tuple[Client, ...]) -> None:
        self._clients = clients

    def __iter__(self) -> Iterator[Client]:
        return iter(self._clients)

    @classmethod
    def read(cls, keys: Mapping[str, str], policies: Mapping[str, str]) -> Clients:
        """From the files that hold the keys.

        Raises:
            ConfigurationError: there is no client, a file cannot be read, is open to others or holds a short key, two
                clients have one key, or a policy is given for a client that is not there.
        """
        if not keys:
            raise ConfigurationError(
                "api.clients: nobody could call; make a key (`openssl rand -hex 32 > app.key; chmod 600 app.key`) "
                "and name its file: api: {clients: {app: app.key}}"
            )
        if strange := sorted(set(policies) - set(keys)):
            raise ConfigurationError(f"api.policies: no client '{strange[0]}'; clients: {', '.join(keys)}")
        clients = tuple(Client(name, _digest(name, Path(path)), policies.get(name)) for name, path in keys.items())
        if len({client.digest for client in clients}) < len(clients):
            raise ConfigurationError("api.clients: two clients have the same key; give each its own")
        return cls(clients)

    def of(self, authorization: str) -> Client | None:
        """The client of an ``Authorization: Bearer KEY`` header."""
        scheme, _, key = authorization.partition(" ")
        digest = hashlib.sha256(key.strip().encode("utf-8", "surrogateescape")).digest()
        found = None
        for client in self._clients:  # every one is compared, so that the time tells nothing
            if hmac.compare_digest(client.digest, digest):
                found = client
        return found if scheme.lower() == "bearer" else None


def _digest(name: str, path: Path) -> bytes:
    try:
        key = filemodes.read_secret(path).decode("utf-8").strip()
    except ConfigurationError as error:
        raise ConfigurationError(f"api.clients.{name}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"api.clients.{name}: {path}: cannot be read: {type(error).__name__}") from None
    if len(key) < _SHORTEST:
        raise ConfigurationError(
            f"api.clients.{name}: {path}: shorter than {_SHORTEST} characters; `openssl rand -hex 32`"
        )
    return hashlib.sha256(key.encode()).digest()
