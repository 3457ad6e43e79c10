"""Questions to the Parquet files: an in-memory DuckDB that sees one view, ``lineage``, and nothing else.

The view reads the live claims, so a row is there once, also while a compaction runs or after one crashed. The
connection may open those files alone, takes one SELECT, and cannot be configured: a query pasted from somewhere reads
no other file and writes none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from maskgate.base.address import Address, Where
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.lineage.sinks import claims
from maskgate.lineage.sinks.expected import good
from maskgate.lineage.sinks.manifest import Manifest, lasting_troubles
from maskgate.lineage.sinks.opened import open_place, there
from maskgate.lineage.sinks.place import LocalPlace, Place

_EMPTY = """CREATE VIEW lineage AS SELECT * FROM (SELECT
 NULL::VARCHAR event_id, NULL::VARCHAR kind, NULL::TIMESTAMPTZ "time", NULL::VARCHAR source_topic,
 NULL::INTEGER source_partition, NULL::BIGINT source_offset, NULL::BIGINT source_end_offset,
 NULL::TIMESTAMPTZ source_time, NULL::BIGINT records, NULL::VARCHAR dest_topic, NULL::INTEGER dest_partition,
 NULL::VARCHAR dest_key, NULL::VARCHAR actor, NULL::VARCHAR actor_assurance, NULL::VARCHAR "action",
 NULL::VARCHAR purpose, NULL::VARCHAR reason, NULL::VARCHAR policy_id, NULL::VARCHAR policy_version,
 NULL::VARCHAR policy_digest, NULL::VARCHAR detector_digest, NULL::MAP(VARCHAR, VARCHAR) detector_versions,
 NULL::VARCHAR request_id, NULL::VARCHAR item_id, NULL::BIGINT bytes_in, NULL::BIGINT bytes_out,
 NULL::STRUCT(path VARCHAR, entity VARCHAR, operator VARCHAR, detector VARCHAR, score DOUBLE, count INTEGER,
 value_mac VARCHAR)[] fields, NULL::INTEGER kafka_partition, NULL::BIGINT kafka_offset, NULL::TIMESTAMPTZ append_time
) WHERE false"""


# Nothing is spilled to disk, fetched, loaded, or taken from the variables of this program.
_LOCKED = (
    "enable_progress_bar=false",
    "temp_directory=''",
    "python_enable_replacements=false",
    "autoinstall_known_extensions=false",
    "autoload_known_extensions=false",
)


class Answer(NamedTuple):
    """Column names and rows."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def complain(place: Place) -> Manifest:
    """Refuse where the manifest says that files are missing or have another length: an answer would lack rows.

    Raises:
        WorldError: so it is. (``maskgate lineage verify`` looks at every byte; this is quick.)
    """
    manifest = Manifest(place)
    manifest.refresh()
    wrong = lasting_troubles(manifest, place, thorough=False) if manifest.exists else ()
    for trouble in wrong:
        if not trouble.unfinished:
            raise WorldError(
                f"lineage: {trouble.name}: {trouble.text}; an answer would lack rows. "
                "Run 'maskgate lineage repair --from-topic'"
            )
    return manifest


def _files(where: Where) -> list[Path]:
    """Files of this host that together hold every row once."""
    place = open_place(where)
    if isinstance(place, LocalPlace):
        complain(place)
        return [claim.path.resolve() for claim in claims.live(place.folder)]
    for last in (False, True):  # a compaction may swap files between the list of them and their bytes
        parts = complain(place).expected.parts
        live = [entry for key, part in parts.items() for _, entry in good(part, key, place.same_size)]
        try:
            return [place.path(entry).resolve() for entry in live]
        except WorldError:
            if last:
                raise
    return []


@contextmanager
def connect(where: Where) -> Iterator[Any]:
    """A locked connection with the view ``lineage`` over the live claims of a place."""
    import duckdb

    if not there(where):
        raise ConfigurationError(
            f"{where}: no lineage there; is lineage.dir right, and did `maskgate run lineage` run?"
        )
    files = list(map(str, _files(where)))
    base = duckdb.connect(":memory:")
    try:
        base.execute("SET TimeZone='UTC'")
        for setting in _LOCKED:
            base.execute(f"SET {setting}")
        base.execute(f"SET allowed_paths=[{', '.join(map(_literal, files))}]")
        base.execute("SET enable_external_access=false")
        base.execute("SET lock_configuration=true")
        listed = ", ".join(map(_literal, files))
        view = f"CREATE VIEW lineage AS SELECT * FROM read_parquet([{listed}], union_by_name=true)"  # noqa: S608
        base.execute(view if files else _EMPTY)
        yield base
    finally:
        base.close()


def select(where: Where, sql: str, arguments: Sequence[Any] = ()) -> Answer:
    """The answer to one SELECT over the view ``lineage``.

    Raises:
        ConfigurationError: not one SELECT, or wrong SQL. WorldError: files cannot be read.
    """
    import duckdb

    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise ConfigurationError(f"lineage query: {_first_line(error)}") from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise ConfigurationError(
            "lineage query: one SELECT over the view 'lineage', please; nothing can be changed here"
        )
    try:
        with _reading(where), connect(where) as base:
            result = base.execute(sql, list(arguments))
            return Answer([column[0] for column in result.description], result.fetchall())
    except duckdb.IOException as error:
        raise WorldError(f"lineage query: {_first_line(error)}") from None
    except duckdb.Error as error:
        raise ConfigurationError(f"lineage query: {_first_line(error)}") from None


def _reading(where: Where) -> AbstractContextManager[None]:
    """While inside, no compaction of this host swaps files; files of a store are copies."""
    return nullcontext() if isinstance(where, Address) else claims.reading(where)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def json_ready(value: Any) -> Any:
    """A cell as JSON takes it: times in ISO 8601, maps as objects."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def as_json(answer: Answer) -> str:
    """One JSON object per row, one row per line."""
    return "".join(json.dumps(json_ready(row), ensure_ascii=False) + "\n" for row in answer.dicts())
