"""What was good last, kept on disk for the next start: with its digest and a MAC, readable by its owner alone.

A file of another host, of another keyring, or changed by somebody counts as none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
            OSError: no room, no right.
        """
        known = self.load()
        if known is not None and known.body == body:
            return
        digest, at = hashlib.sha256(body).hexdigest(), time.time()
        tree = {"version": 1, "at": at, "digest": digest, "mac": self._mac(self._keys[-1], digest, at)}
        tree["body"] = base64.b64encode(body).decode()
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".kept-")  # mkstemp makes it 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as out:
                json.dump(tree, out)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def load(self) -> Content | None:
        """What was kept, or None: nothing, or nothing that this host wrote."""
        try:
            tree = json.loads(self.path.read_text(encoding="ascii"))
            body = base64.b64decode(tree["body"], validate=True)
            digest, at, mac = hashlib.sha256(body).hexdigest(), float(tree["at"]), str(tree["mac"]).encode()
        except (OSError, ValueError, KeyError, TypeError):
            return None
        good = [hmac.compare_digest(self._mac(key, digest, at).encode(), mac) for key in self._keys]
        return Content(body, digest, at) if any(good) else None
