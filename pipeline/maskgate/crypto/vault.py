"""The HTTP API of the transit engine of HashiCorp Vault or OpenBao.

The token comes from ``VAULT_TOKEN`` or ``VAULT_TOKEN_FILE`` and is read at every call: an agent may renew the file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError, WorldError


class Vault:
    """One server; a process that was forked makes connections of its own."""

    def __init__(self, address: str, client: Any = None) -> None:
        if not address.startswith(("https://", "http://")):
            raise ConfigurationError("the key service needs an address: https://HOST:8200")
        self.address = address.rstrip("/")
        self._client, self._pid = client, os.getpid() if client else 0

    def has(self, path: str) -> bool:
        """Whether there is something at a path of the engine."""
        return int(self._send("GET", path, None).status_code) == 200

    def call(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """The ``data`` of the answer; of a call that gives none, nothing.

        Raises:
            WorldError: no answer, or a refusal. ConfigurationError: no token.
        """
        response = self._send(method, path, body)
        if response.status_code == 204:
            return {}
        if response.status_code != 200:
            verb = path.partition("/")[0]
            raise WorldError(f"{self.address}: the key service refused to {verb} with status {response.status_code}")
        try:
            data = response.json()["data"]
        except (ValueError, KeyError, TypeError):
            raise WorldError(f"{self.address}: the key service's answer cannot be read") from None
        if not isinstance(data, dict):
            raise WorldError(f"{self.address}: the key service's answer cannot be read")
        return data

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        import httpx

        if self._client is None or self._pid != os.getpid():
            self._client, self._pid = httpx.Client(timeout=10.0), os.getpid()
        headers = {"X-Vault-Token": _token()}
        try:
            return self._client.request(method, f"{self.address}/v1/transit/{path}", json=body, headers=headers)
        except httpx.HTTPError as error:
            raise WorldError(f"{self.address}: the key service does not answer: {type(error).__name__}") from None


def _token() -> str:
    file = os.environ.get("VAULT_TOKEN_FILE")
    try:
        token = filemodes.read_secret(Path(file)).decode().strip() if file else os.environ.get("VAULT_TOKEN", "")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"VAULT_TOKEN_FILE: cannot be read: {type(error).__name__}") from None
    if not token:
        raise ConfigurationError("the key service needs VAULT_TOKEN or VAULT_TOKEN_FILE")
    return token
