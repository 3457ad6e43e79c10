"""What was good last, kept on disk for the next start: with its digest and a MAC, readable by its owner alone.

A file of another host, of another keyring, or changed by somebody counts as none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maskgate.base import filemodes
from maskgate.crypto.keyring import Keyring

FOLDER = "kept"


@dataclass(frozen=True, slots=True)
class Content:
    """What was kept, its SHA-256, and when (seconds since 1970)."""

    body: bytes
    digest: str
    at: float


class Kept:
    """One file; ``keys`` are tried when it is read, the last one seals what is written."""

    def __init__(self, path: Path, keys: Sequence[bytes]) -> None:
        self.path, self._keys = path, keys

    @classmethod
    def of(cls, state_dir: Path, name: str, keyring: Keyring) -> Kept:
        """The file ``name`` of a state folder, sealed by the host's keyring (those keys survive a rotation)."""
        keys = [key.derive(f"kept.{name}.v1") for key in keyring.every("item") if key.state != "retired"]
        return cls(state_dir / FOLDER / f"{name}.json", keys)

    def _mac(self, key: bytes, digest: str, at: float) -> str:
        return hmac.new(key, f"{self.path.name} {digest} {at!r}".encode(), hashlib.sha256).hexdigest()

    def save(self, body: bytes) -> None:
        """Replace the file in one step; what is there already is left alone.

        Raises:
            OSError: no room, no right. ConfigurationError: others may read or change what is there.
        """
        known = self.load()
        if known is not None and known.body == body:
            return
        digest, at = hashlib.sha256(body).hexdigest(), time.time()
        tree = {"version": 1, "at": at, "digest": digest, "mac": self._mac(self._keys[-1], digest, at)}
        tree["body"] = base64.b64encode(body).decode()
        filemodes.write_secret(self.path, json.dumps(tree).encode("ascii"))

    def load(self) -> Content | None:
        """What was kept, or None: nothing, or nothing that this host wrote.

        Raises:
            ConfigurationError: others may read or change it.
        """
        try:
            tree = json.loads(filemodes.read_secret(self.path))
            body = base64.b64decode(tree["body"], validate=True)
            digest, at, mac = hashlib.sha256(body).hexdigest(), float(tree["at"]), str(tree["mac"]).encode()
        except (OSError, ValueError, KeyError, TypeError):
            return None
        good = [hmac.compare_digest(self._mac(key, digest, at).encode(), mac) for key in self._keys]
        return Content(body, digest, at) if any(good) else None
