"""A database connection whose cursors give masked rows, for any driver of Python's DB-API.

::

    import maskgate, sqlite3
    from maskgate.embed.dbapi import masked

    gate = maskgate.load(policy="policy.yaml", keyring="/etc/maskgate")
    connection = masked(sqlite3.connect("shop.db"), gate, topic="db.shop")
    connection.execute("select name, email from customers").fetchall()

A row is one event whose members are its columns. Nothing of the driver's own objects is passed on but what stands here,
so that no other way of reading leads around the policy.
"""

from __future__ import annotations

import itertools
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NoReturn, Protocol

from maskgate.base.errors import RecordError
from maskgate.base.records import Record
from maskgate.embed.gate import Gate

__all__ = ["Connection", "Cursor", "masked"]

BATCH = 500
Lineage = Callable[[bytes], object]
Row = tuple[object, ...] | dict[str, object]


class DriverCursor(Protocol):
    """What is used of a driver's cursor."""

    @property
    def execute(self) -> Callable[..., object]: ...

    @property
    def executemany(self) -> Callable[..., object]: ...

    @property
    def fetchmany(self) -> Callable[..., Sequence[Iterable[object]]]: ...

    @property
    def close(self) -> Callable[[], object]: ...

    @property
    def description(self) -> Sequence[Sequence[object]]: ...

    @property
    def rowcount(self) -> int: ...


class DriverConnection(Protocol):
    """What is used of a driver's connection."""

    @property
    def cursor(self) -> Callable[[], DriverCursor]: ...

    @property
    def commit(self) -> Callable[[], object]: ...

    @property
    def rollback(self) -> Callable[[], object]: ...

    @property
    def close(self) -> Callable[[], object]: ...


def masked(
    connection: DriverConnection, gate: Gate, *, topic: str = "db", lineage: Lineage = lambda row: None
) -> Connection:
    """The connection, with masked rows by the rules of ``topic``; ``lineage`` gets each row of lineage in Avro.

    Fetching raises RecordError where a row is quarantined, or held by the policy: none of its batch is given.
    """
    return Connection(connection, _Rows(gate, topic, lineage))


class _Rows:
    """Masks rows; offsets never come again, also in another process."""

    def __init__(self, gate: Gate, topic: str, lineage: Lineage) -> None:
        self._gate, self._topic, self._lineage = gate, topic, lineage
        self._offsets = itertools.count(time.time_ns() // 1000)

    def mask(self, names: Sequence[str], rows: Sequence[Iterable[object]]) -> list[Row]:
        values = [[_seen(value) for value in _values(row)] for row in rows]
        texts = [[_json_value(value) for value in row] for row in values]
        records = [self._record(dict(zip(names, row, strict=True))) for row in texts]
        results = self._gate.mask_records(records)
        for result in results:
            self._lineage(result.lineage)
        found: list[Row] = []
        for row, old, text, result in zip(rows, values, texts, results, strict=True):
            if result.outcome != "masked":
                raise RecordError(result.code or "held", "a row cannot be given: the policy holds it or it is no event")
            new = [json.loads(result.value).get(name) for name in names]  # what the policy drops is not there
            kept = [was if now == told else now for was, told, now in zip(old, text, new, strict=True)]
            found.append(dict(zip(row, kept, strict=True)) if isinstance(row, Mapping) else tuple(kept))
        return found

    def _record(self, event: dict[str, object]) -> Record:
        text = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")
        return Record(self._topic, 0, next(self._offsets), text, timestamp_ms=time.time_ns() // 1_000_000)

    def refuse(self, error: Exception) -> NoReturn:
        """The driver's error without the values that it quotes: a broken constraint names those that broke it."""
        told = self._gate.mask_text(str(error))
        try:
            hidden = type(error)(told)
        except Exception:
            hidden = RuntimeError(told)
        raise hidden from None


class Cursor:
    """A cursor with masked rows."""

    def __init__(self, cursor: DriverCursor, rows: _Rows) -> None:
        self._cursor, self._rows = cursor, rows

    @property
    def description(self) -> Sequence[Sequence[object]]:
        """Names and types of the columns, as the driver tells them."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows the last statement gave or changed."""
        return int(self._cursor.rowcount)

    def execute(self, statement: object, *parameters: object) -> Cursor:
        """Run a statement; an error keeps its type, and the values in its message get labels."""
        return self._run(self._cursor.execute, statement, *parameters)

    def executemany(self, statement: object, parameters: object) -> Cursor:
        """Run a statement for each of the parameters."""
        return self._run(self._cursor.executemany, statement, parameters)

    def _run(self, call: Callable[..., object], *given: object) -> Cursor:
        try:
            call(*given)
        except Exception as error:
            self._rows.refuse(error)
        return self

    def fetchone(self) -> Row | None:
        """The next row, or None."""
        return next(iter(self.fetchmany(1)), None)

    def fetchmany(self, size: int = BATCH) -> list[Row]:
        """The next rows."""
        return self._given(lambda: self._cursor.fetchmany(size))

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        return list(self)

    def __iter__(self) -> Iterator[Row]:
        while batch := self.fetchmany():
            yield from batch

    def _given(self, fetch: Callable[[], Sequence[Iterable[object]]]) -> list[Row]:
        try:
            rows = fetch()
        except Exception as error:
            self._rows.refuse(error)
        return self._rows.mask(_names(self.description), rows) if rows else []

    def close(self) -> None:
        """Close the driver's cursor."""
        self._cursor.close()

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Connection:
    """A connection whose cursors give masked rows."""

    def __init__(self, connection: DriverConnection, rows: _Rows) -> None:
        self._connection, self._rows = connection, rows

    def cursor(self) -> Cursor:
        """A cursor with masked rows."""
        return Cursor(self._connection.cursor(), self._rows)

    def execute(self, statement: object, *parameters: object) -> Cursor:
        """Run a statement on a cursor of its own."""
        return self.cursor().execute(statement, *parameters)

    def commit(self) -> None:
        """Commit."""
        self._connection.commit()

    def rollback(self) -> None:
        """Roll back."""
        self._connection.rollback()

    def close(self) -> None:
        """Close the driver's connection."""
        self._connection.close()


def _names(description: Sequence[Sequence[object]]) -> list[str]:
    """A name for each column: the second ``id`` of a join is ``id_2``."""
    names: list[str] = []
    for column in description:
        name, number = str(column[0]), 2
        while name in names:
            name, number = f"{column[0]}_{number}", number + 1
        names.append(name)
    return names


def _values(row: Iterable[object]) -> list[object]:
    return list(row.values()) if isinstance(row, Mapping) else list(row)


def _seen(value: object) -> object:
    """The value; text where it is bytes of text, and nothing where nobody can look into the bytes."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        return value
    try:
        return bytes(value).decode()
    except UnicodeDecodeError:
        return None


def _json_value(value: object) -> object:
    """What stands in the event for a value of the driver: a date or a decimal as its text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (list, tuple, dict)):
        return json.loads(json.dumps(value, default=str))
    return str(value)
