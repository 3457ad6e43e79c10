"""A cursor of any driver, with masked rows: the values, the types of what stays, and no way around it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import maskgate
from fakes import conformance
from maskgate.base.errors import RecordError
from maskgate.embed.dbapi import Connection, masked
from maskgate.lineage.wire import codec

MAIL = "amelia.okafor@example.co.uk"
TABLE = "create table people (id integer primary key, email text unique, card_number text, note text, born date)"
ROW = (1, MAIL, "4539 1488 0343 6467", '{"password": "hunter2-Zq81-long"}', "1981-02-03")


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> maskgate.Gate:
    """A gate under the policy of the conformance file, rules only."""
    keys = conformance.write_keyring(tmp_path_factory.mktemp("keys"))
    return maskgate.load(policy=conformance.POLICY, keyring=keys, model="none", topic=conformance.TOPIC)


@pytest.fixture
def raw() -> Iterator[sqlite3.Connection]:
    """A database with one person."""
    connection = sqlite3.connect(":memory:")
    connection.execute(TABLE)
    connection.execute("insert into people values (?, ?, ?, ?, ?)", ROW)
    yield connection
    connection.close()


def check(connection: Connection, gate: maskgate.Gate) -> None:
    """The row as the library masks it as an event, by every way of fetching."""
    names = ("id", "email", "card_number", "note")
    expected = tuple(gate.mask(dict(zip(names, ROW, strict=False))).value.values())
    query = "select id, email, card_number, note from people"
    assert connection.execute(query).fetchall() == [expected]
    assert connection.execute(query).fetchone() == expected
    assert list(connection.execute(query)) == [expected]
    with connection.cursor() as cursor:
        assert cursor.execute(query).fetchmany(7) == [expected]
        assert (cursor.fetchone(), cursor.fetchall()) == (None, [])
    assert expected[0] == 1
    assert not {MAIL, ROW[2], ROW[3]} & set(expected)


def test_rows_are_masked_as_events(raw: sqlite3.Connection, gate: maskgate.Gate) -> None:
    """SQLite: what the policy says of the column, and numbers as they were."""
    check(masked(raw, gate), gate)


def test_each_row_has_a_row_of_lineage(raw: sqlite3.Connection, gate: maskgate.Gate) -> None:
    """Under the topic that was named, with ids that never come again."""
    rows: list[bytes] = []
    connection = masked(raw, gate, topic="db.shop", lineage=rows.append)
    for _ in range(2):
        connection.execute("select email from people").fetchall()
    found = [codec.decode(row) for row in rows]
    assert [row["source_topic"] for row in found] == ["db.shop"] * 2
    assert len({row["event_id"] for row in found}) == 2
    assert all(MAIL.encode() not in row for row in rows)


def test_columns_of_one_name_and_rows_as_dictionaries(raw: sqlite3.Connection, gate: maskgate.Gate) -> None:
    """A join masks both columns; a row factory of the driver keeps its form."""
    twice = masked(raw, gate).execute("select a.email, b.email from people a, people b").fetchone()
    assert twice[0] == twice[1] != MAIL
    raw.row_factory = lambda cursor, row: dict(zip([c[0] for c in cursor.description], row, strict=True))
    assert list(masked(raw, gate).execute("select id, email from people").fetchone()) == ["id", "email"]


def test_bytes_are_looked_into_or_withheld(raw: sqlite3.Connection, gate: maskgate.Gate) -> None:
    """Text in a blob is masked; what is no text is not given."""
    text, binary = masked(raw, gate).execute("select ?, ?", (MAIL.encode(), b"\xff\x00" + MAIL.encode())).fetchone()
    assert MAIL not in str(text)
    assert binary is None


def test_what_is_quarantined_is_not_given(raw: sqlite3.Connection, gate: maskgate.Gate) -> None:
    """The error names the code and nothing of the row."""
    deep: Any = MAIL
    for _ in range(300):
        deep = [deep]
    raw.row_factory = lambda cursor, row: (deep,)
    with pytest.raises(RecordError) as refused:
        masked(raw, gate).execute("select email from people").fetchall()
    assert refused.value.code == "too_deep"
    assert MAIL not in str(refused.value)


def test_an_error_of_the_driver_quotes_nothing(raw: sqlite3.Connection, gate: maskgate.Gate) -> None:
    """It keeps its type; a value in its message gets a label."""
    with pytest.raises(sqlite3.OperationalError) as told:
        masked(raw, gate).execute(f'select "{MAIL}" from nowhere, "{MAIL}"')
    assert MAIL not in str(told.value)
    assert told.value.__suppress_context__


def test_there_is_no_way_around(raw: sqlite3.Connection, gate: maskgate.Gate) -> None:
    """The driver's other methods are not passed on."""
    connection = masked(raw, gate)
    for name in ("iterdump", "backup", "blobopen", "serialize", "executescript"):
        assert not hasattr(connection, name)
    assert not hasattr(connection.cursor(), "copy")


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """A PostgreSQL of the distribution, on a socket of its own; gives its connection string."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    folder = Path(subprocess.run(["mktemp", "-d", "/tmp/pgXXXXXX"], capture_output=True, text=True).stdout.strip())
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [str(programs[-1] / program), *words], check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL
        )

    run("initdb", "-D", str(folder / "data"), "-U", "app", "-A", "trust", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run("pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "log"), "-t", "120", "-w", "-o", options, "start")
    yield f"host={folder} user=app dbname=postgres"
    run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.doors
def test_postgresql(postgres: str, gate: maskgate.Gate) -> None:
    """The same rows, a constraint that quotes its row, a number that keeps its type, and an array."""
    psycopg = pytest.importorskip("psycopg", reason="make doors installs it: it is no dependency of ours")
    with psycopg.connect(postgres) as raw:
        raw.execute(TABLE)
        raw.execute("insert into people values (%s, %s, %s, %s, %s)", ROW)
        raw.commit()
        connection = masked(raw, gate)
        check(connection, gate)
        price, mails = connection.execute("select 1.10::numeric, array[email] from people").fetchone()
        assert price == Decimal("1.10")
        assert isinstance(mails, list)
        assert MAIL not in mails
        with pytest.raises(psycopg.errors.UniqueViolation) as told:
            connection.execute("insert into people (id, email) values (2, %s)", (MAIL,))
        assert MAIL not in str(told.value)
