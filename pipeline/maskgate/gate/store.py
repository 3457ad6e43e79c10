"""Where the gate keeps its requests: a SQLite file under a bounded cache, with a digest of every row in memory.

The file is a snapshot, not a source of authority. Rows are read back only where their digest is the one in memory, and
at a start the file counts only if its seal (a keyed MAC over log position, tree, side state and all row digests) is
right; anything else means a full replay of the log. One write transaction spans everything between two snapshots, so
a crash leaves the last sealed snapshot.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from maskgate.approvals.model import RequestState
from maskgate.approvals.store import pack, unpack
from maskgate.base import filemodes
from maskgate.base.errors import WorldError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries(id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshot(one INTEGER PRIMARY KEY CHECK(one=1), side BLOB, seal BLOB);
"""


class TamperedStore(WorldError):
    """A row is not what the gate wrote: start anew, from the log."""


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:16]


class EntryStore(MutableMapping[str, RequestState]):
    """Request id → state of the request."""

    def __init__(self, path: Path | str, seal_key: bytes, cache: int = 1024) -> None:
        self._path = path
        self._key = seal_key
        self._size = cache
        self._cache: OrderedDict[str, RequestState] = OrderedDict()
        self._dirty: set[str] = set()
        self._digests: dict[str, bytes] = {}
        if path != ":memory:":
            filemodes.claim_secret(Path(path))
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError:  # not a database any more: the log has everything
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(str(self._path), isolation_level=None)
        db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4000;" + _SCHEMA)
        return db

    # ── the mapping ──
    def __getitem__(self, request_id: str) -> RequestState:
        entry = self._cache.get(request_id)
        if entry is not None:
            self._cache.move_to_end(request_id)
            return entry
        digest = self._digests[request_id]
        row = self._db.execute("SELECT body FROM entries WHERE id=?", (request_id,)).fetchone()
        if row is None or not hmac.compare_digest(_digest(row[0]), digest):
            raise TamperedStore(
                f"{self._path}: the row of {request_id} was changed from outside; restart to replay the log"
            )
        entry = unpack(row[0])
        self._remember(request_id, entry)
        return entry

    def __setitem__(self, request_id: str, entry: RequestState) -> None:
        self._dirty.add(request_id)
        self._digests.setdefault(request_id, b"")
        self._remember(request_id, entry)

    def __delitem__(self, request_id: str) -> None:
        del self._digests[request_id]
        self._cache.pop(request_id, None)
        self._dirty.discard(request_id)
        self._begin()
        self._db.execute("DELETE FROM entries WHERE id=?", (request_id,))

    def __contains__(self, request_id: object) -> bool:
        return request_id in self._digests

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._digests))

    def __len__(self) -> int:
        return len(self._digests)

    def _remember(self, request_id: str, entry: RequestState) -> None:
        self._cache[request_id] = entry
        self._cache.move_to_end(request_id)
        if len(self._cache) > self._size:
            self._flush()
            while len(self._cache) > self._size * 3 // 4:
                self._cache.popitem(last=False)

    # ── the file ──
    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")

    def _flush(self) -> None:
        if not self._dirty:
            return
        self._begin()
        rows = []
        for request_id in self._dirty:
            body = pack(self._cache[request_id])
            self._digests[request_id] = _digest(body)
            rows.append((request_id, body))
        self._db.executemany("INSERT OR REPLACE INTO entries VALUES(?,?)", rows)
        self._dirty.clear()

    def snapshot(self, side: bytes) -> None:
        """Make everything up to now durable, sealed together with ``side`` (position, tree, the rest of the state)."""
        self._flush()
        self._begin()
        self._db.execute("INSERT OR REPLACE INTO snapshot VALUES(1,?,?)", (side, self._seal(side)))
        self._db.execute("COMMIT")

    def restore(self) -> bytes | None:
        """The ``side`` of the last snapshot, or None where none can be believed (the file is then empty)."""
        self.forget()
        try:
            row = self._db.execute("SELECT side, seal FROM snapshot").fetchone()
            if row is not None:
                self._digests = {str(i): _digest(body) for i, body in self._db.execute("SELECT id, body FROM entries")}
                if hmac.compare_digest(self._seal(row[0]), row[1]):
                    return bytes(row[0])
        except (sqlite3.DatabaseError, TypeError):
            pass
        self.clear()
        return None

    def forget(self) -> None:
        """Leave the file at the last snapshot and nothing in memory: another gate is active now."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._cache.clear()
        self._digests, self._dirty = {}, set()

    def clear(self) -> None:
        """Forget everything."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._digests, self._dirty = {}, set()
        self._cache.clear()
        self._db.executescript("DROP TABLE IF EXISTS entries; DROP TABLE IF EXISTS snapshot;" + _SCHEMA)

    def close(self) -> None:
        """Leave the file at the last snapshot."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._db.close()

    def _seal(self, side: bytes) -> bytes:
        mac = hmac.new(self._key, b"maskgate.gate.snapshot.v1\0" + len(side).to_bytes(8, "big") + side, hashlib.sha256)
        for request_id in sorted(self._digests):
            mac.update(request_id.encode() + b"\0" + self._digests[request_id])
        return mac.digest()
