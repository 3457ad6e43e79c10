"""Where the gate keeps its requests: a SQLite file under a bounded cache, with a tag of every row in memory.

The file is a snapshot, not a source of authority. A row is read back only where its keyed tag is the one in memory, and
at a start the file counts only if its seal (a keyed MAC over log position, tree, side state, the tables of the state
and the tags of all rows) is right; anything else means a full replay of the log. Rows are not read at a start, which
takes no longer for their number: one that was changed is noticed when it is read, before anything follows from it, and
then the snapshot counts no more. One write transaction spans everything between two snapshots, so a crash leaves the
last sealed one.
"""

from __future__ import annotations

import ctypes
import hashlib
import hmac
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from itertools import chain
from pathlib import Path

from maskgate.approvals.compact import Table
from maskgate.approvals.model import RequestState
from maskgate.approvals.store import long_id, pack, short_id, unpack
from maskgate.base import filemodes
from maskgate.base.errors import WorldError

_VERSION = 2
_TAG = 8  # keyed: who has no key can only guess, once, and the gate stops
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries(id BLOB PRIMARY KEY, body BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshot(one INTEGER PRIMARY KEY CHECK(one=1), side BLOB, seal BLOB);
CREATE TABLE IF NOT EXISTS parts(n INTEGER PRIMARY KEY, name TEXT, body BLOB);
"""
_FRESH = "DROP TABLE IF EXISTS entries; DROP TABLE IF EXISTS snapshot; DROP TABLE IF EXISTS parts;" + _SCHEMA
_ROWS = "rows"
Part = tuple[str, bytes]


class TamperedStore(WorldError):
    """A row is not what the gate wrote: start anew, from the log."""


class EntryStore(MutableMapping[str, RequestState]):
    """Request id → state of the request."""

    def __init__(self, path: Path | str, seal_key: bytes, cache: int = 1024) -> None:
        self._path = path
        self._key = seal_key
        self._row_key = hmac.digest(seal_key, b"maskgate.gate.row.v1", "sha256")
        self._size = cache
        self._cache: OrderedDict[str, RequestState] = OrderedDict()
        self._dirty: set[str] = set()
        self._tags = Table(_TAG)
        self._tampered = False
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
        db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4000;")
        if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:  # another version's: the log has everything
            db.executescript(f"{_FRESH} PRAGMA user_version={_VERSION};")
        return db

    # ── the mapping ──
    def __getitem__(self, request_id: str) -> RequestState:
        entry = self._cache.get(request_id)
        if entry is not None:
            self._cache.move_to_end(request_id)
            return entry
        short = short_id(request_id)
        tag = self._tags[short]
        row = self._db.execute("SELECT body FROM entries WHERE id=?", (short,)).fetchone()
        if self._tampered or row is None or not hmac.compare_digest(self._tag(short, row[0]), tag):
            self._distrust()
            raise TamperedStore(
                f"{self._path}: the row of {request_id} was changed from outside; restart to replay the log"
            )
        entry = unpack(row[0])
        self._remember(request_id, entry)
        return entry

    def __setitem__(self, request_id: str, entry: RequestState) -> None:
        self._dirty.add(request_id)
        self._tags.setdefault(short_id(request_id), bytes(_TAG))
        self._remember(request_id, entry)

    def __delitem__(self, request_id: str) -> None:
        short = short_id(request_id)
        del self._tags[short]
        self._cache.pop(request_id, None)
        self._dirty.discard(request_id)
        self._begin()
        self._db.execute("DELETE FROM entries WHERE id=?", (short,))

    def __contains__(self, request_id: object) -> bool:
        return isinstance(request_id, str) and short_id(request_id) in self._tags

    def __iter__(self) -> Iterator[str]:
        return (long_id(short) for short in self._tags)

    def __len__(self) -> int:
        return len(self._tags)

    def _tag(self, short: bytes, body: object) -> bytes:
        raw = body if isinstance(body, bytes) else b""
        return hashlib.blake2b(short + raw, digest_size=_TAG, key=self._row_key).digest()

    def _distrust(self) -> None:
        """Whatever is done with this file from now on, the next start replays the log."""
        self._tampered = True
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._db.execute("DELETE FROM snapshot")

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
            short, body = short_id(request_id), pack(self._cache[request_id])
            self._tags[short] = self._tag(short, body)
            rows.append((short, body))
        self._db.executemany("INSERT OR REPLACE INTO entries VALUES(?,?)", rows)
        self._dirty.clear()

    def snapshot(self, side: bytes, parts: Iterable[Part] = ()) -> None:
        """Make everything up to now durable, sealed together with ``side`` (position, tree, the rest of the state) and
        the parts of the state's tables."""
        if self._tampered:
            raise TamperedStore(f"{self._path}: a row was changed from outside; restart to replay the log")
        self._flush()
        self._begin()
        self._db.execute("DELETE FROM parts")
        seal = self._begin_seal(side)
        own = ((_ROWS, part) for part in self._tags.dump())
        for number, (name, body) in enumerate(chain(own, parts)):
            _add_to_seal(seal, name, body)
            self._db.execute("INSERT INTO parts VALUES(?,?,?)", (number, name, body))
        self._db.execute("INSERT OR REPLACE INTO snapshot VALUES(1,?,?)", (side, seal.digest()))
        self._db.execute("COMMIT")

    def restore(self, take: Callable[[str, bytes], None] = lambda name, part: None) -> bytes | None:
        """The ``side`` of the last snapshot, or None where none can be believed (the file is then empty).

        ``take`` gets the parts of the state's tables on the way; where the answer is None, they are worth nothing.
        """
        self.forget()
        try:
            row = self._db.execute("SELECT side, seal FROM snapshot").fetchone()
            if row is not None:
                seal = self._begin_seal(row[0])
                for name, body in self._db.execute("SELECT name, body FROM parts ORDER BY n"):
                    _add_to_seal(seal, name, body)
                    self._tags.load(body) if name == _ROWS else take(name, body)
                if hmac.compare_digest(seal.digest(), row[1]):
                    return bytes(row[0])
        except (sqlite3.DatabaseError, TypeError, ValueError, AttributeError):
            pass
        self.clear()
        return None

    def forget(self) -> None:
        """Leave the file at the last snapshot and nothing in memory: another gate is active now."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._cache.clear()
        self._tags, self._dirty, self._tampered = Table(_TAG), set(), False

    def clear(self) -> None:
        """Forget everything."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._tags, self._dirty, self._tampered = Table(_TAG), set(), False
        self._cache.clear()
        self._db.executescript(_FRESH)

    def close(self) -> None:
        """Leave the file at the last snapshot."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._db.close()

    def _begin_seal(self, side: bytes) -> hmac.HMAC:
        return hmac.new(self._key, b"maskgate.gate.snapshot.v2\0" + len(side).to_bytes(8, "big") + side, hashlib.sha256)


def _add_to_seal(seal: hmac.HMAC, name: str, body: bytes) -> None:
    seal.update(b"%d %d " % (len(name.encode()), len(body)) + name.encode())
    seal.update(body)


def give_back() -> None:
    """Return freed memory to the system: a snapshot's tables are large and live for a moment only."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):
        return  # another C library
