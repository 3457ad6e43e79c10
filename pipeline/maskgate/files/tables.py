"""CSV and Parquet through the same policy: each row is an event whose members are the columns.

Rows are read in batches. A masked cell must fit its column: a text in a number column is written only where CSV has no
types anyway; in Parquet a column whose masked values do not fit becomes a text column as a whole.
"""

from __future__ import annotations

import base64
import csv
import datetime
import decimal
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from maskgate.base.errors import ConfigurationError
from maskgate.base.records import Held, Masked, Outcome, Quarantined, Record
from maskgate.files.pipes import Line, Tally

if TYPE_CHECKING:
    from maskgate.cli._pipe import Pipe
    from maskgate.masking.masker import Masker

_BATCH = 1024


def mask_table(pipe: Pipe, masker: Masker, topic: str, explain: bool) -> int:
    """Mask a table; 1 if a row was left out.

    Raises:
        ConfigurationError: the input is no such table, or Parquet without an output file.
    """
    if pipe.form == "csv":
        return _mask_csv(pipe, masker, topic, explain)
    if pipe.file == "-" or pipe.output is None:
        raise ConfigurationError("Parquet needs a FILE and --output FILE")
    return _mask_parquet(pipe, masker, topic, explain)


def read_rows(form: str, source: BinaryIO, name: str, limit: int) -> Iterator[list[Line]]:
    """The rows of a table as events, in batches; a row of CSV has the number of its line, one of Parquet its own.

    Raises:
        ConfigurationError: the input is no such table.
    """
    return _csv_events(source, name, limit) if form == "csv" else _parquet_events(name)


def _csv_events(source: BinaryIO, name: str, limit: int) -> Iterator[list[Line]]:
    csv.field_size_limit(max(131_072, limit))
    text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
    try:
        sample = text.readline()
        reader = csv.reader(_chain(sample, text), _dialect(sample))
        columns = _distinct(next(reader, []))
        number = 2
        for rows in _batches(reader, _BATCH):
            yield [_csv_line(number + i, columns, row) for i, row in enumerate(rows)]
            number += len(rows)
    except (csv.Error, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name}: not CSV in UTF-8: {type(error).__name__}") from None
    finally:
        text.detach()


def _csv_line(number: int, columns: Sequence[str], row: Sequence[str]) -> Line:
    if len(row) > len(columns):
        return Line(number, None, True, "too_many_cells")
    return Line(number, _event(dict(zip(columns, row, strict=False))), True)


def _parquet_events(name: str) -> Iterator[list[Line]]:
    with _parquet_file(name) as file:
        number = 1
        for batch in file.iter_batches(_BATCH):
            yield [Line(number + i, _event(_finite(e)), True) for i, e in enumerate(batch.to_pylist())]
            number += batch.num_rows


def _parquet_file(name: str) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if name == "-":
        raise ConfigurationError("Parquet is read from a FILE, not from standard input")
    try:
        return pq.ParquetFile(name)
    except (OSError, pa.ArrowException) as error:
        raise ConfigurationError(f"{name}: not a Parquet file that can be read: {type(error).__name__}") from None


def _event(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, default=_plain, allow_nan=False).encode()


def _count(pipe: Pipe, first: int, outcomes: Sequence[Outcome], explain: bool) -> None:
    tally = Tally()
    for number, outcome in enumerate(outcomes, first):
        tally.lines += 1
        if isinstance(outcome, (Masked, Held)):
            tally.masked(number, outcome, explain)
        else:
            tally.bad(number, outcome.code, outcome.detail)
    pipe.count(tally)


# -- CSV ----------------------------------------------------------------------------------------------------------


def _mask_csv(pipe: Pipe, masker: Masker, topic: str, explain: bool) -> int:
    with pipe.source() as source, pipe.sink() as sink, pipe.bar(source) as advance:
        text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
        out = io.TextIOWrapper(sink, encoding="utf-8", newline="", write_through=True)
        try:
            _csv_rows(pipe, masker, topic, explain, text, out, advance)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{pipe.file}: not CSV in UTF-8: {type(error).__name__}") from None
        finally:
            out.flush()
            out.detach()
            text.detach()
    pipe.summary("masked")
    return 1 if pipe.tally.unread else 0


def _csv_rows(pipe: Pipe, masker: Masker, topic: str, explain: bool, text: Any, out: Any, advance: Any) -> None:
    csv.field_size_limit(max(131_072, pipe.settings.worker.max_record_bytes))
    sample = text.readline()
    dialect = _dialect(sample)
    reader = csv.reader(_chain(sample, text), dialect)
    writer = csv.writer(out, dialect)
    names = next(reader, None)
    if names is None:
        return
    columns = _distinct(names)
    writer.writerow(names)
    number = 2
    for rows in _batches(reader, _BATCH):
        events = [dict(zip(columns, row, strict=False)) for row in rows]
        broken = [len(row) > len(columns) for row in rows]
        outcomes = masker.batch([_record(topic, number + i, e) for i, e in enumerate(events)])
        for i, (outcome, too_long) in enumerate(zip(outcomes, broken, strict=True)):
            if too_long:
                outcomes[i] = Quarantined("too_many_cells")
            elif isinstance(outcome, (Masked, Held)):
                tree = json.loads(outcome.value or b"{}")
                writer.writerow([tree.get(c) if tree.get(c) is not None else "" for c in columns[: len(rows[i])]])
        _count(pipe, number, outcomes, explain)
        number += len(rows)
        advance(sum(len(cell) + 1 for row in rows for cell in row))


def _dialect(line: str) -> type[csv.Dialect]:
    """The delimiter of the header line; quoting as the usual writers do it."""
    counts = {mark: line.count(mark) for mark in ",;\t|"}
    best = max(counts, key=lambda mark: counts[mark])

    class Found(csv.excel):
        delimiter = best if counts[best] else ","
        lineterminator = "\r\n" if line.endswith("\r\n") else "\n"

    return Found


def _chain(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _distinct(names: Sequence[str]) -> list[str]:
    """Names for the members of an event; a second column of one name gets a number."""
    out: list[str] = []
    for i, name in enumerate(names):
        fresh = name or f"column {i + 1}"
        while fresh in out:
            fresh += f" {i + 1}"
        out.append(fresh)
    return out


def _batches(rows: Iterable[list[str]], size: int) -> Iterator[list[list[str]]]:
    batch: list[list[str]] = []
    for row in rows:
        if row:
            batch.append(row)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _record(topic: str, number: int, event: dict[str, Any]) -> Record:
    return Record(topic, 0, number, _event(event))


# -- Parquet ------------------------------------------------------------------------------------------------------


def _mask_parquet(pipe: Pipe, masker: Masker, topic: str, explain: bool) -> int:
    """Two passes: the first finds the columns that must become text, the second writes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = _parquet_file(pipe.file)
    part = Path(f"{pipe.output}.part")
    schema = file.schema_arrow.remove_metadata()
    texts: set[str] = set()
    try:
        with file:
            for batch in file.iter_batches(_BATCH):
                texts |= _unfit(schema, _masked_rows(batch, masker, topic, 1)[0], texts)
            wanted = pa.schema([pa.field(f.name, pa.string()) if f.name in texts else f for f in schema])
            number = 1
            with pq.ParquetWriter(part, wanted, compression="zstd") as writer:
                for batch in file.iter_batches(_BATCH):
                    rows, outcomes = _masked_rows(batch, masker, topic, number)
                    _count(pipe, number, outcomes, explain)
                    arrays = [_array([r.get(f.name) for r in rows], f) for f in wanted]
                    writer.write_batch(pa.record_batch(arrays, schema=wanted))
                    number += batch.num_rows
        part.replace(str(pipe.output))
    finally:
        part.unlink(missing_ok=True)
    pipe.summary("masked")
    return 1 if pipe.tally.unread else 0


def _masked_rows(batch: Any, masker: Masker, topic: str, number: int) -> tuple[list[dict[str, Any]], list[Outcome]]:
    events = batch.to_pylist()
    outcomes = masker.batch([_record(topic, number + i, _finite(e)) for i, e in enumerate(events)])
    rows = []
    for event, outcome in zip(events, outcomes, strict=True):
        if isinstance(outcome, (Masked, Held)):
            after = json.loads(outcome.value or b"{}") if outcome.value != b"" else {}
            touched = {u.path.split("/")[1] if "/" in u.path else "" for u in outcome.fields}
            rows.append({k: after.get(k) if _part(k) in touched else v for k, v in event.items()})
    return rows, outcomes


def _part(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _unfit(schema: Any, rows: list[dict[str, Any]], known: set[str]) -> set[str]:
    """Columns in which some masked value does not fit the type."""
    import pyarrow as pa

    out = set()
    for field in schema:
        if field.name in known:
            continue
        try:
            _array([r.get(field.name) for r in rows], field)
        except (pa.ArrowException, TypeError, ValueError):
            out.add(field.name)
    return out


def _array(values: list[Any], field: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        values = [
            v if v is None or isinstance(v, str) else json.dumps(v, default=_plain, ensure_ascii=False) for v in values
        ]
    elif pa.types.is_temporal(field.type):
        values = [_moment(v, field.type) if isinstance(v, str) else v for v in values]
    return pa.array(values, type=field.type)


def _moment(text: str, kind: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_date(kind):
        return datetime.date.fromisoformat(text)
    if pa.types.is_time(kind):
        return datetime.time.fromisoformat(text)
    return datetime.datetime.fromisoformat(text)


def _finite(value: Any) -> Any:
    """NaN and infinity, which JSON does not have, as null: there is nothing personal in them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    return [_finite(v) for v in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """What JSON does not have, as text or number."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)
