"""The keyring of a running process: read again when its file changes, so that a rotation needs no restart.

A file that cannot be used (half copied, a wrong mode, a key service that does not answer) leaves the last good keys in
use, and is tried again.
"""

from __future__ import annotations

import time

from maskgate.base.errors import MaskgateError
from maskgate.crypto.keyring import Keyring, Purpose

_EVERY_S = 0.5
_AGAIN_S = 5.0  # after a failure: a key service is not asked twice a second


class KeyringFile:
    """``ring`` is in use; ``refused`` says why the file's present content is not."""

    def __init__(self, ring: Keyring) -> None:
        self.ring = ring
        self.refused = ""
        self._taken = self._signature()
        self._next = 0.0

    def poll(self) -> Keyring | None:
        """The keys of a file that changed since it was taken or refused; it is for the caller to :meth:`take` them.

        Looks at the file twice a second at most. A file that cannot be read sets ``refused``.
        """
        now = time.monotonic()
        if self.ring.path is None or now < self._next:
            return None
        self._next = now + _EVERY_S
        signature = self._signature()
        if signature == self._taken:
            return None
        try:
            found = Keyring.load(self.ring.path)
        except MaskgateError as error:
            self.refuse(str(error))
            return None
        self._offered = signature
        return found

    def take(self, ring: Keyring) -> None:
        """Work with what ``poll`` gave."""
        self.ring, self.refused, self._taken = ring, "", self._offered

    def give_back(self, ring: Keyring, why: str) -> None:
        """Go on with the keys from before: what was taken cannot be used here."""
        self.ring, self._taken = ring, (-1, 0, 0)
        self.refuse(why)

    def refuse(self, why: str) -> None:
        """The keys cannot be used; they are looked at again soon."""
        self.refused, self._next = why, time.monotonic() + _AGAIN_S

    def current(self) -> Keyring:
        """The newest keys that can be read."""
        if (found := self.poll()) is not None:
            self.take(found)
        return self.ring

    def _signature(self) -> tuple[int, int, int]:
        if self.ring.path is None:
            return (0, 0, 0)
        try:
            stat = self.ring.path.stat()
        except OSError:
            return (0, 0, 0)
        return (stat.st_ino, stat.st_size, stat.st_mtime_ns)


def secrets_of(ring: Keyring, purpose: Purpose) -> tuple[bytes, ...]:
    """The secrets of a purpose that are not retired, the one in use first."""
    first = ring.key(purpose)
    rest = [key.secret for key in ring.every(purpose) if key.state != "retired" and key.id != first.id]
    return (first.secret, *reversed(rest))


def in_use(ring: Keyring) -> dict[str, str]:
    """Purpose → id of the key that is in use."""
    active = {key.purpose: key.id for key in ring.every() if key.state == "active"}  # the newest stands last
    return {str(purpose): key_id for purpose, key_id in active.items()}
