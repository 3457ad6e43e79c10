"""What a Parquet file of lineage counts to: records by minute, outcome and way; values by minute, way and kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from maskgate.lineage.ask.counts import Key, Tally

_ROWS = 65_536
_COLUMNS = ["kind", "time", "source_topic", "dest_topic", "records", "kafka_offset", "append_time", "fields"]


def tally(path: Path, after: int) -> Tally:
    """The counts of the rows of a file that lie behind an offset."""
    told = Tally()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_ROWS, columns=_COLUMNS):
            table = pa.Table.from_batches([batch]).filter(pc.field("kafka_offset") > after)
            if table.num_rows:
                _add(told, table)
    return told


def _add(told: Tally, table: pa.Table) -> None:
    told.rows += table.num_rows
    told.appended_ms = max(told.appended_ms, pc.max(pc.cast(table["append_time"], pa.int64())).as_py() or 0)
    minutes = pc.multiply(pc.divide(pc.cast(table["time"], pa.int64()), 60_000), 60)
    names = {name: pc.fill_null(table[name], "") for name in ("kind", "source_topic", "dest_topic")}
    keys = pa.table({"at": minutes, **names, "n": table["records"]})
    for key, n in _summed(keys, ["at", "kind", "source_topic", "dest_topic"]):
        told.moved[key] += n
    lists = table["fields"].combine_chunks()
    uses = pc.list_flatten(lists)
    rows = keys.select(["at", "source_topic", "dest_topic"]).take(pc.list_parent_indices(lists))
    each = {name: pc.struct_field(uses, name) for name in ("entity", "operator")}
    values = pa.table(
        {name: rows[name] for name in rows.column_names}
        | each
        | {"n": pc.cast(pc.struct_field(uses, "count"), pa.int64())}
    )
    for key, n in _summed(values, ["at", "source_topic", "entity", "operator", "dest_topic"]):
        told.found[key] += n


def _summed(table: pa.Table, keys: list[str]) -> Iterator[tuple[Key, int]]:
    grouped = table.group_by(keys).aggregate([("n", "sum")])
    each = [grouped[name].to_pylist() for name in keys]
    return zip(zip(*each, strict=True), grouped["n_sum"].to_pylist(), strict=True)
