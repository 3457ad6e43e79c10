"""Counts of lineage by minute, quarter and hour in a SQLite file of their own: pages ask it, never the rows.

Each Parquet file is read once, when it is claimed; how far each partition was read stands in the transaction of its
counts, so a kill at any point counts nothing twice. The file may be deleted: it is filled anew from the folder.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from maskgate.base import filemodes
from maskgate.base.errors import WorldError
from maskgate.lineage.ask.counts import Key, Tally
from maskgate.lineage.sinks import claims
from maskgate.lineage.sinks.claims import Name

STEPS = {60: 2 * 3600, 900: 26 * 3600, 3600: 0}
"""Kept steps of time in seconds, and how long each is kept; 0: for good."""

_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS taken(topic_id TEXT, partition INTEGER, end INTEGER, appended INTEGER, rows INTEGER,
  PRIMARY KEY(topic_id, partition)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS moved(step INTEGER, at INTEGER, kind TEXT, topic TEXT, dest TEXT, n INTEGER,
  PRIMARY KEY(step, at, kind, topic, dest)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS found(step INTEGER, at INTEGER, topic TEXT, entity TEXT, operator TEXT, dest TEXT, n INTEGER,
  PRIMARY KEY(step, at, topic, entity, operator, dest)) WITHOUT ROWID;
"""


class Moved(NamedTuple):
    """How many records of a topic had this outcome and went to a destination."""

    kind: str
    topic: str
    dest: str
    n: int


class Found(NamedTuple):
    """How many values of an entity were found in what went from a topic to a destination, and what was done."""

    topic: str
    entity: str
    operator: str
    dest: str
    n: int


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the counts go."""

    rows: int
    appended_ms: int  # when the newest row that is counted was appended to the topic; 0: none is


class Rollup:
    """The counts of one lineage folder; one thread counts, others ask."""

    def __init__(self, path: Path | str, folder: Path) -> None:
        self.folder, self.trouble, self.counted = folder, "", 0
        if path != ":memory:":
            filemodes.claim_secret(Path(path))
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;")
        if self._db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            self._db.executescript("".join(f"DROP TABLE IF EXISTS {t};" for t in ("taken", "moved", "found")))
        self._db.executescript(f"{_SCHEMA} PRAGMA user_version={_VERSION};")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # ── counting ──
    def advance(self) -> int:
        """Count the files that are new; how many were. What cannot be read waits, and ``trouble`` says why."""
        files, trouble = 0, ""
        for name, after in self._new():
            try:
                with claims.reading(self.folder):  # a file at a time: whoever swaps files waits for no more than that
                    if not self._has_rows(name):
                        break
                    self._count(name, after)
            except ImportError:
                trouble = "reading lineage needs: pip install 'maskgate[lineage]'"
                break
            except (WorldError, OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
                trouble = f"{name} cannot be read ({type(error).__name__}); run 'maskgate lineage verify'"
                break
            files, self.counted = files + 1, self.counted + 1
        self.trouble = trouble
        return files

    def _new(self) -> Iterator[tuple[Name, int]]:
        """Claims that hold offsets which are not counted yet, and the last offset of their partition that is."""
        parts: dict[tuple[str, int], list[Name]] = {}
        for name, full in claims.names(self.folder):
            if full:
                parts.setdefault((name.topic_id, name.partition), []).append(name)
        for (topic_id, partition), names in sorted(parts.items()):
            names.sort()
            end = self._end(topic_id, partition)
            for name, following in zip(names, [*names[1:], None], strict=True):
                if following is not None and following.start <= end + 1:
                    continue  # all of it lies before what is counted
                if not self._has_rows(name):
                    break  # merged into another just now: the next look lists them anew
                if name.start <= end and claims.read_footer(self.folder / claims.CLAIMS / str(name)).end <= end:
                    continue
                yield name, end
                end = self._end(topic_id, partition)

    def _has_rows(self, name: Name) -> bool:
        try:
            return (self.folder / claims.CLAIMS / str(name)).stat().st_size > 0
        except FileNotFoundError:
            return False

    def _end(self, topic_id: str, partition: int) -> int:
        rows = self._all("SELECT end FROM taken WHERE topic_id=? AND partition=?", (topic_id, partition))
        return int(rows[0][0]) if rows else -1

    def _count(self, name: Name, after: int) -> None:
        """Count the rows of one file behind an offset."""
        from maskgate.lineage.ask.tally import tally

        path = self.folder / claims.CLAIMS / str(name)
        end, told = claims.read_footer(path).end, tally(path, after)
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._store(told)
                self._db.execute(
                    "INSERT INTO taken VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET end=excluded.end, "
                    "appended=max(appended, excluded.appended), rows=rows+excluded.rows",
                    (name.topic_id, name.partition, end, told.appended_ms, told.rows),
                )
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def _store(self, told: Tally) -> None:
        for step in STEPS:
            self._add("moved", step, told.moved)
            self._add("found", step, told.found)
        newest = self._db.execute("SELECT max(at) FROM moved WHERE step=60").fetchone()[0] or 0
        for step, kept_s in STEPS.items():
            for table in ("moved", "found") if kept_s else ():
                self._db.execute(f"DELETE FROM {table} WHERE step=? AND at<?", (step, newest - kept_s))  # noqa: S608

    def _add(self, table: str, step: int, counts: Mapping[Key, int]) -> None:
        stepped: Counter[Key] = Counter()
        for (at, *key), n in counts.items():
            stepped[int(at) // step * step, *key] += n
        sql = {
            "moved": "INSERT INTO moved VALUES(?,?,?,?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n",
            "found": "INSERT INTO found VALUES(?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n",
        }[table]
        self._db.executemany(sql, [(step, *key, n) for key, n in stepped.items()])

    # ── asking ──
    def _all(self, sql: str, args: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, args).fetchall()

    def reach(self) -> Reach:
        """How much is counted."""
        rows, appended = self._all("SELECT total(rows), max(appended) FROM taken")[0]
        return Reach(int(rows), int(appended or 0))

    def by_time(self, step: int, since: int, every: int) -> list[tuple[int, str, int]]:
        """(moment, outcome, records) in steps of ``every`` seconds, of which ``step`` (of STEPS) is a divisor."""
        return self._all(
            "SELECT at - at % ?, kind, sum(n) FROM moved WHERE step=? AND at>=? GROUP BY 1, 2 ORDER BY 1",
            (every, step, since - since % every),
        )

    def values_by_time(self, step: int, since: int, every: int) -> list[tuple[int, str, int]]:
        """(moment, entity, values that were changed) in steps of ``every`` seconds."""
        return self._all(
            "SELECT at - at % ?, entity, sum(n) FROM found WHERE step=? AND at>=? AND operator<>'keep' "
            "GROUP BY 1, 2 ORDER BY 1",
            (every, step, since - since % every),
        )

    def moved(self, step: int, since: int) -> list[Moved]:
        """Records by outcome, topic and destination, most first."""
        sql = "SELECT kind, topic, dest, sum(n) FROM moved WHERE step=? AND at>=? GROUP BY 1, 2, 3 ORDER BY 4 DESC"
        return [Moved(*row) for row in self._all(sql, (step, since - since % step))]

    def found(self, step: int, since: int) -> list[Found]:
        """Values by topic, entity, operator and destination, most first."""
        sql = (
            "SELECT topic, entity, operator, dest, sum(n) FROM found WHERE step=? AND at>=? "
            "GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC"
        )
        return [Found(*row) for row in self._all(sql, (step, since - since % step))]
