"""The rows of CSV and Parquet as events, read in batches: the members of an event are the columns."""

from __future__ import annotations

import base64
import csv
import datetime
import decimal
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from maskgate.base.errors import ConfigurationError
from maskgate.files.pipes import Line

BATCH = 1024


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
        reader = csv.reader(chain(sample, text), dialect(sample))
        columns = distinct(next(reader, []))
        number = 2
        for rows in batches(reader, BATCH):
            yield [_csv_line(number + i, columns, row) for i, row in enumerate(rows)]
            number += len(rows)
    except (csv.Error, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name}: not CSV in UTF-8: {type(error).__name__}") from None
    finally:
        text.detach()


def _csv_line(number: int, columns: Sequence[str], row: Sequence[str]) -> Line:
    if len(row) > len(columns):
        return Line(number, None, True, "too_many_cells")
    return Line(number, event_bytes(dict(zip(columns, row, strict=False))), True)


def _parquet_events(name: str) -> Iterator[list[Line]]:
    with parquet_file(name) as file:
        number = 1
        for batch in file.iter_batches(BATCH):
            yield [Line(number + i, event_bytes(finite(e)), True) for i, e in enumerate(batch.to_pylist())]
            number += batch.num_rows


def parquet_file(name: str) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if name == "-":
        raise ConfigurationError("Parquet is read from a FILE, not from standard input")
    try:
        return pq.ParquetFile(name)
    except (OSError, pa.ArrowException) as error:
        raise ConfigurationError(f"{name}: not a Parquet file that can be read: {type(error).__name__}") from None


def event_bytes(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, default=plain, allow_nan=False).encode()


def dialect(line: str) -> type[csv.Dialect]:
    """The delimiter of the header line; quoting as the usual writers do it."""
    counts = {mark: line.count(mark) for mark in ",;\t|"}
    best = max(counts, key=lambda mark: counts[mark])

    class Found(csv.excel):
        delimiter = best if counts[best] else ","
        lineterminator = "\r\n" if line.endswith("\r\n") else "\n"

    return Found


def chain(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def distinct(names: Sequence[str]) -> list[str]:
    """Names for the members of an event; a second column of one name gets a number."""
    out: list[str] = []
    for i, name in enumerate(names):
        fresh = name or f"column {i + 1}"
        while fresh in out:
            fresh += f" {i + 1}"
        out.append(fresh)
    return out


def batches(rows: Iterable[list[str]], size: int) -> Iterator[list[list[str]]]:
    batch: list[list[str]] = []
    for row in rows:
        if row:
            batch.append(row)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def finite(value: Any) -> Any:
    """NaN and infinity, which JSON does not have, as null: there is nothing personal in them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    return [finite(v) for v in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """What JSON does not have, as text or number."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)
