"""What the console must not forget over a restart: signed calls that were made, counters of security keys."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from pathlib import Path

from maskgate.base import filemodes
from maskgate.base.errors import WorldError
from maskgate.crypto import webauthn

_SCHEMA = """
CREATE TABLE IF NOT EXISTS spent(call BLOB PRIMARY KEY, until REAL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_until ON spent(until);
CREATE TABLE IF NOT EXISTS counters(key TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS begun(one INTEGER PRIMARY KEY CHECK (one = 1), at REAL);
"""
_ADVANCE = (
    "INSERT INTO counters VALUES(?,?) ON CONFLICT(key) DO UPDATE SET n=excluded.n "
    "WHERE excluded.n>n OR excluded.n=0 AND n=0"
)


class Memory:
    """A SQLite file; consoles that share it share the memory.

    ``since`` is when the file was made. It knows of nothing before, so a call that was signed earlier is not let in.
    """

    def __init__(self, path: Path | str, now: float) -> None:
        if path != ":memory:":
            filemodes.claim_secret(Path(path))
        self._lock = threading.Lock()
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None, timeout=5.0)
        # FULL: a nonce is on the disk before its call is served; it costs one fsync a call
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + _SCHEMA)
        self._db.execute("INSERT OR IGNORE INTO begun VALUES(1,?)", (now,))
        self.since = float(self._db.execute("SELECT at FROM begun").fetchone()[0])

    def spend(self, call: str, now: float, until: float) -> bool:
        """Note a call that is good until then; False if it was noted before.

        Raises:
            WorldError: it cannot be noted, and is not to be served.
        """
        digest = hashlib.sha256(call.encode()).digest()
        try:
            with self._lock:
                self._db.execute("DELETE FROM spent WHERE until<?", (now,))
                added = self._db.execute("INSERT OR IGNORE INTO spent VALUES(?,?)", (digest, until))
                return added.rowcount == 1
        except sqlite3.Error:
            raise WorldError("The console cannot note the call on its disk, so it serves none; try again.") from None

    def advance(self, key_id: str, count: int, at_least: int) -> bool:
        """Note a security key's counter; False where it did not go on since then or since ``at_least``.

        Raises:
            WorldError: it cannot be noted.
        """
        try:
            with self._lock:
                return (
                    webauthn.has_advanced(at_least, count) and self._db.execute(_ADVANCE, (key_id, count)).rowcount == 1
                )
        except sqlite3.Error:
            raise WorldError("The console cannot note the sign-in on its disk; try again.") from None

    def close(self) -> None:
        with self._lock:
            self._db.close()
