"""CSV and Parquet through the same policy: each row is an event whose members are the columns.

Rows are read in batches. A masked cell must fit its column: a text in a number column is written only where CSV has no
types anyway; in Parquet a column whose masked values do not fit becomes a text column as a whole.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maskgate.base.errors import ConfigurationError
from maskgate.base.records import Held, Masked, Outcome, Quarantined, Record
from maskgate.files import rows as table
from maskgate.files.pipes import Tally
from maskgate.files.run import Pipe
from maskgate.masking.masker import Masker


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
    dialect = table.dialect(sample)
    reader = csv.reader(table.chain(sample, text), dialect)
    writer = csv.writer(out, dialect)
    names = next(reader, None)
    if names is None:
        return
    columns = table.distinct(names)
    writer.writerow(names)
    number = 2
    for rows in table.batches(reader, table.BATCH):
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


def _record(topic: str, number: int, event: dict[str, Any]) -> Record:
    return Record(topic, 0, number, table.event_bytes(event))


# -- Parquet ------------------------------------------------------------------------------------------------------


def _mask_parquet(pipe: Pipe, masker: Masker, topic: str, explain: bool) -> int:
    """Two passes: the first finds the columns that must become text, the second writes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = table.parquet_file(pipe.file)
    part = Path(f"{pipe.output}.part")
    schema = file.schema_arrow.remove_metadata()
    texts: set[str] = set()
    try:
        with file:
            for batch in file.iter_batches(table.BATCH):
                texts |= _unfit(schema, _masked_rows(batch, masker, topic, 1)[0], texts)
            wanted = pa.schema([pa.field(f.name, pa.string()) if f.name in texts else f for f in schema])
            number = 1
            with pq.ParquetWriter(part, wanted, compression="zstd") as writer:
                for batch in file.iter_batches(table.BATCH):
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
    outcomes = masker.batch([_record(topic, number + i, table.finite(e)) for i, e in enumerate(events)])
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
            v if v is None or isinstance(v, str) else json.dumps(v, default=table.plain, ensure_ascii=False)
            for v in values
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
