"""The console's index of requests: SQLite, filled from ``.state`` and ``.log``, free to be deleted at any time.

A row carries no authority: nothing that the gate does depends on it.
"""

from __future__ import annotations

import base64
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from maskgate.approvals import events as ev
from maskgate.approvals.decisions.retracting import standing_votes
from maskgate.approvals.messages import votes
from maskgate.approvals.model import OPEN, ItemState, RequestState
from maskgate.approvals.state import deadline_of
from maskgate.base import filemodes
from maskgate.console import queries
from maskgate.console.queries import Query
from maskgate.crypto import signing
from maskgate.gate.view import View, decode_view, encode_view
from maskgate.people.principal import Principal

_VERSION = 6
_FOUND = b'"found":'  # not there: exact counts are
_BEARER = b'"permit":"{'  # a permit in the clear, as gates wrote it that let anybody spend it
_LOOKED_BACK = 20  # approved requests, for one of the same topics
_TABLES = ("requests", "bodies", "waiting", "out", "tally", "log", "seen", "counters", "meta")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS requests(
  id TEXT PRIMARY KEY, state TEXT, open INTEGER, tier TEXT, kind TEXT, requester TEXT, verb TEXT, destination TEXT,
  rule TEXT, created INTEGER, deadline INTEGER, changed INTEGER, approved INTEGER, groups TEXT, outs TEXT, hay TEXT);
CREATE INDEX IF NOT EXISTS by_open ON requests(open, deadline, id);
CREATE INDEX IF NOT EXISTS by_change ON requests(open, changed, id);
CREATE INDEX IF NOT EXISTS by_state ON requests(state, changed, id);
CREATE INDEX IF NOT EXISTS by_tier ON requests(open, tier, deadline, id);
CREATE INDEX IF NOT EXISTS by_kind ON requests(verb, destination, rule, approved);
CREATE INDEX IF NOT EXISTS by_requester ON requests(requester, created);
CREATE INDEX IF NOT EXISTS by_approval ON requests(approved, created) WHERE approved>0;
CREATE INDEX IF NOT EXISTS by_age ON requests(open, created);
CREATE TABLE IF NOT EXISTS bodies(id TEXT PRIMARY KEY, body BLOB);
CREATE TABLE IF NOT EXISTS waiting(grp TEXT, deadline INTEGER, id TEXT, PRIMARY KEY(grp, deadline, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS out(person TEXT, id TEXT, PRIMARY KEY(person, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tally(groups TEXT, person TEXT, n INTEGER, PRIMARY KEY(groups, person)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log(
  at_offset INTEGER PRIMARY KEY, request_id TEXT, type TEXT, at INTEGER, in_topic TEXT, in_offset INTEGER,
  person TEXT, code TEXT, latency INTEGER, body BLOB);
CREATE INDEX IF NOT EXISTS by_request ON log(request_id, at_offset);
CREATE INDEX IF NOT EXISTS by_input ON log(in_topic, in_offset);
CREATE INDEX IF NOT EXISTS by_type ON log(type, person, code);
CREATE INDEX IF NOT EXISTS by_time ON log(type, at, code, latency);
CREATE TABLE IF NOT EXISTS seen(request_id TEXT, person TEXT, at INTEGER, PRIMARY KEY(request_id, person));
CREATE TABLE IF NOT EXISTS counters(key TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT);
"""
_SLIM = frozenset(
    {"vote_accepted", "vote_retracted", "moved", "refused", "glass_broken", "escalated", "review_overdue"}
)
_KEPT = _SLIM | {
    "people_loaded",
    "people_changed",
    "policy_loaded",
    "request_repeated",
    "permit_issued",
    "permit_redeemed",
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event of the log as the console keeps it."""

    offset: int
    at: int
    event: ev.Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that the gate logged because of an input."""

    request_id: str
    type: str
    code: str
    message: str = ""
    at: int = 0


class Index:
    """Readers in many threads, one writer."""

    def __init__(self, path: Path | str) -> None:
        if path != ":memory:":
            filemodes.claim_secret(Path(path))
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._lock = threading.RLock()
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;")
        if self._db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:  # another version wrote it: fill it anew
            dropped = "".join(f"DROP TABLE IF EXISTS {table};" for table in _TABLES)
            self._db.executescript(f"PRAGMA secure_delete=ON; {dropped} VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
        self._db.executescript(f"{_SCHEMA} PRAGMA user_version={_VERSION};")
        self.logged = self._count_log()
        """How many events of the log are in."""
        self.writes = 0

    def _count_log(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM log").fetchone()[0])

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def reset(self) -> None:
        """Forget everything: the broker is another one, or its topics were made anew."""
        with self._lock:
            for table in _TABLES:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608  (names from the top of this file)
            self.logged = 0

    # ── filling ──
    def write(
        self,
        views: Iterable[tuple[str, bytes | None]] = (),
        log: Iterable[tuple[int, int, bytes]] = (),
        meta: Mapping[str, str] | None = None,
    ) -> None:
        """Take over state records (id, bytes), log records (offset, append time, bytes) and positions, as one unit."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for request_id, raw in views:
                    self._put(request_id, raw)
                new = sum(self._append(offset, at, raw) for offset, at, raw in log)
                for name, value in (meta or {}).items():
                    self._db.execute("INSERT OR REPLACE INTO meta VALUES(?,?)", (name, value))
                self._db.execute("COMMIT")
                self.logged, self.writes = self.logged + new, self.writes + 1
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def _put(self, request_id: str, raw: bytes | None) -> None:
        self._forget(request_id)
        if raw is None:
            return
        view = decode_view(raw)
        entry, request = view.entry, view.entry.request
        action = request.action
        ever = view.changed if entry.state in (ItemState.RELEASED, ItemState.RATIFIED) else 0
        groups = _set(slot.group for slot in request.quorum.all_of)
        outs = _set([*request.exclusions.persons, *(v.person_id for v in standing_votes(entry.votes))])
        row = (
            request_id,
            entry.state.value,
            int(entry.state in OPEN),
            request.tier,
            request.kind,
            str(request.requester.principal),
            action.verb,
            action.destination,
            request.rule,
            request.created,
            due_at(entry),
            view.changed,
            ever,
            groups,
            outs,
            queries.hay_of(view),
        )
        self._db.execute(f"INSERT INTO requests VALUES({','.join('?' * len(row))})", row)
        body = raw if _FOUND in raw and _BEARER not in raw else encode_view(view)
        self._db.execute("INSERT INTO bodies VALUES(?,?)", (request_id, body))
        if entry.state is ItemState.PENDING:
            deadline = due_at(entry)
            self._db.executemany("INSERT INTO waiting VALUES(?,?,?)", [(g, deadline, request_id) for g in _of(groups)])
            self._db.executemany("INSERT INTO out VALUES(?,?)", [(person, request_id) for person in _of(outs)])
            self._count(groups, outs, 1)

    def _forget(self, request_id: str) -> None:
        """Take out every row of a request."""
        row = self._db.execute(
            "SELECT state, deadline, groups, outs FROM requests WHERE id=?", (request_id,)
        ).fetchone()
        if row is None:
            return
        state, deadline, groups, outs = row
        if state == ItemState.PENDING.value:
            self._db.executemany(
                "DELETE FROM waiting WHERE grp=? AND deadline=? AND id=?",
                [(g, deadline, request_id) for g in _of(groups)],
            )
            self._db.executemany("DELETE FROM out WHERE person=? AND id=?", [(p, request_id) for p in _of(outs)])
            self._count(groups, outs, -1)
        self._db.execute("DELETE FROM requests WHERE id=?", (request_id,))
        self._db.execute("DELETE FROM bodies WHERE id=?", (request_id,))

    def _count(self, groups: str, outs: str, by: int) -> None:
        self._db.executemany(
            "INSERT INTO tally VALUES(?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n",
            [(groups, person, by) for person in ("", *_of(outs))],
        )

    def _append(self, offset: int, at: int, raw: bytes) -> int:
        """Take over an event; 1, or 0 where it was in already."""
        tree = orjson.loads(raw)
        kind, source = tree["type"], tree["meta"]["input"]
        request_id = tree.get("request_id") or (tree.get("request") or {}).get("request_id", "")
        vote = tree.get("vote") or {}
        latency = 0
        if kind == "vote_accepted":
            row = self._db.execute(
                "SELECT at FROM seen WHERE request_id=? AND person=?", (request_id, vote["person_id"])
            )
            first = row.fetchone()
            latency = tree["meta"]["at"] - first[0] if first else -1
        done = self._db.execute(
            "INSERT OR IGNORE INTO log VALUES(?,?,?,?,?,?,?,?,?,?)",
            (
                offset,
                request_id,
                kind,
                tree["meta"]["at"] or at,
                source["topic"],
                source["offset"],
                vote.get("person_id", ""),
                tree.get("code") or vote.get("decision") or tree.get("to", ""),
                latency,
                raw if kind in _KEPT else b"",
            ),
        )

        if kind in ("vote_accepted", "vote_retracted", "glass_broken", "moved"):
            self._note_counter(tree["envelope"])
        return done.rowcount

    def _note_counter(self, envelope: str) -> None:
        """Remember the counter of the security key that signed what the log holds."""
        if counted := votes.counter(signing.parse(base64.b64decode(envelope))) if envelope else None:
            self._db.execute("INSERT OR REPLACE INTO counters VALUES(?,?)", counted)

    def note_seen(self, request_id: str, person: str, at: int) -> None:
        """A person looked at a request for the first time."""
        with self._lock:
            self._db.execute("INSERT OR IGNORE INTO seen VALUES(?,?,?)", (request_id, person, at))

    # ── looking ──
    def ask(self, sql: str, args: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query of ours."""
        with self._lock:
            return self._db.execute(sql, tuple(args)).fetchall()

    def meta(self) -> dict[str, str]:
        return dict(self.ask("SELECT name, value FROM meta"))

    def get(self, request_id: str) -> View | None:
        """The request of this id."""
        rows = self.ask("SELECT body FROM bodies WHERE id=?", (request_id,))
        return decode_view(rows[0][0]) if rows else None

    def state_of(self, request_id: str) -> str:
        """The state of a request, without reading it; "" where there is none."""
        rows = self.ask("SELECT state FROM requests WHERE id=?", (request_id,))
        return str(rows[0][0]) if rows else ""

    def resolve(self, text: str) -> list[str]:
        """Ids that are, start or end with what a person typed."""
        if any(c not in "0123456789abcdef-" for c in text) or len(text) < 4:
            return []
        low = self.ask("SELECT id FROM requests WHERE id>=? AND id<? LIMIT 3", (text, text + "g"))
        return [r[0] for r in low] or [
            r[0] for r in self.ask("SELECT id FROM requests WHERE id LIKE ? LIMIT 3", ("%" + text,))
        ]

    def page(self, query: Query) -> list[View]:
        """At most ``query.limit`` requests, after ``query.after``."""
        ids, args = queries.ids_of(query)
        way = "" if query.by_deadline else " DESC"
        sql = f"SELECT b.body FROM ({ids}) q JOIN bodies b ON b.id=q.id ORDER BY q.at{way}, q.id{way}"  # noqa: S608
        return [decode_view(row[0]) for row in self.ask(sql, args)]

    def count(self, query: Query) -> int:
        """How many there are."""
        return int(self.ask(*queries.count_of(query))[0][0])

    def last_approved(self, view: View) -> View | None:
        """The newest other request of the same verb, destination, rule and source topics that was released before.

        Records of other topics look different anyway: a difference to them tells nothing.
        """
        request, action = view.entry.request, view.entry.request.action
        before = view.changed if view.entry.state is ItemState.RELEASED else 2**62
        rows = self.ask(
            "SELECT b.body FROM (SELECT id, approved FROM requests WHERE verb=? AND destination=? AND rule=? "
            "AND approved>0 AND approved<? AND id<>? ORDER BY approved DESC LIMIT ?) q JOIN bodies b ON b.id=q.id "
            "ORDER BY q.approved DESC",
            (action.verb, action.destination, request.rule, before, request.request_id, _LOOKED_BACK),
        )
        sources = {item.source.topic for item in request.items}
        found = (decode_view(row[0]) for row in rows)
        return next((v for v in found if {i.source.topic for i in v.entry.request.items} == sources), None)

    def history(self, request_id: str, limit: int = 200) -> list[LogLine]:
        """The events of a request, oldest first."""
        rows = self.ask(
            "SELECT at_offset, at, body FROM log WHERE request_id=? AND body<>x'' ORDER BY at_offset LIMIT ?",
            (request_id, limit),
        )
        return [LogLine(o, at, ev.decode(raw)) for o, at, raw in rows]

    def outcome_of(self, topic: str, offset: int) -> list[Outcome]:
        """What the gate made of one input record."""
        rows = self.ask(
            "SELECT request_id, type, code, body, at FROM log WHERE in_topic=? AND in_offset=? ORDER BY at_offset",
            (topic, offset),
        )
        said = [orjson.loads(r[3])["message"] if r[1] == "refused" else "" for r in rows]
        return [Outcome(r[0], r[1], r[2], message, r[4]) for r, message in zip(rows, said, strict=True)]

    def counter(self, key_id: str) -> int:
        """The counter of a security key at its last vote or act; 0: it keeps none, or did not vote yet."""
        rows = self.ask("SELECT n FROM counters WHERE key=?", (key_id,))
        return int(rows[0][0]) if rows else 0

    def registry_events(self, after: int = -1) -> list[LogLine]:
        """Events that change the registry of people or the policy."""
        rows = self.ask(
            "SELECT at_offset, at, body FROM log WHERE type IN ('people_loaded','people_changed','policy_loaded') "
            "AND at_offset>? ORDER BY at_offset",
            (after,),
        )
        return [LogLine(o, at, ev.decode(raw)) for o, at, raw in rows]

    def accounts_seen(self, principal: Principal, limit: int = 100) -> list[View]:
        """The requests of one requester, newest first."""
        rows = self.ask(
            "SELECT body FROM (SELECT id, created FROM requests WHERE requester=? ORDER BY created DESC LIMIT ?) "
            "JOIN bodies USING(id) ORDER BY created DESC",
            (str(principal), limit),
        )
        return [decode_view(row[0]) for row in rows]

    # ── figures ──
    def by_state(self) -> dict[str, int]:
        return dict(self.ask("SELECT state, count(*) FROM requests GROUP BY state"))

    def latencies(self, limit: int = 5000) -> list[int]:
        """Milliseconds from opening to approval of the newest approved requests."""
        return [
            int(r[0])
            for r in self.ask(
                "SELECT approved-created FROM requests WHERE approved>0 ORDER BY approved DESC LIMIT ?", (limit,)
            )
        ]

    def votes_by_person(self) -> list[tuple[str, str, int, int]]:
        """(person, decision, milliseconds since the request was opened, since the person first saw it or -1)."""
        return [
            (str(r[0]), str(r[1]), int(r[2] or 0), int(r[3]))
            for r in self.ask(
                "SELECT l.person, l.code, l.at-r.created, l.latency FROM log l "
                "LEFT JOIN requests r ON r.id=l.request_id WHERE l.type='vote_accepted'"
            )
        ]

    def refusals(self) -> list[tuple[str, int, int]]:
        """(code, how often, last time)."""
        return [
            (str(r[0]), int(r[1]), int(r[2]))
            for r in self.ask(
                "SELECT code, count(*), max(at) FROM log WHERE type='refused' GROUP BY code ORDER BY 2 DESC"
            )
        ]


def due_at(entry: RequestState) -> int:
    """When the request changes by itself: expiry while pending, the release deadline while approved, a due review."""
    if entry.state is ItemState.PENDING:
        return entry.request.expires_at
    return deadline_of(entry)


def _set(names: Iterable[str]) -> str:
    return "\n" + "\n".join(sorted(set(names))) + "\n"


def _of(names: str) -> list[str]:
    return names.split("\n")[1:-1] if names.strip("\n") else []
