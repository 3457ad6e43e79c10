"""The columns of the Parquet files, and how events become them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

_STAMP = pa.timestamp("ms", tz="UTC")
_USE = pa.struct(
    [
        ("path", pa.string()),
        ("entity", pa.string()),
        ("operator", pa.string()),
        ("detector", pa.string()),
        ("score", pa.float64()),
        ("count", pa.int32()),
        ("value_mac", pa.string()),
    ]
)
# Name, type, and the value that means "not known" and becomes NULL (None: there is no such value).
_COLUMNS: tuple[tuple[str, pa.DataType, Any], ...] = (
    ("event_id", pa.string(), None),
    ("kind", pa.string(), None),
    ("time", _STAMP, None),
    ("source_topic", pa.string(), ""),
    ("source_partition", pa.int32(), -1),
    ("source_offset", pa.int64(), -1),
    ("source_end_offset", pa.int64(), -1),
    ("source_time", _STAMP, -1),
    ("records", pa.int64(), None),
    ("dest_topic", pa.string(), ""),
    ("dest_partition", pa.int32(), -1),
    ("dest_key", pa.string(), ""),
    ("actor", pa.string(), ""),
    ("actor_assurance", pa.string(), None),
    ("action", pa.string(), ""),
    ("purpose", pa.string(), ""),
    ("reason", pa.string(), ""),
    ("policy_id", pa.string(), ""),
    ("policy_version", pa.string(), ""),
    ("policy_digest", pa.string(), ""),
    ("detector_digest", pa.string(), ""),
    ("detector_versions", pa.map_(pa.string(), pa.string()), None),
    ("request_id", pa.string(), ""),
    ("item_id", pa.string(), ""),
    ("bytes_in", pa.int64(), None),
    ("bytes_out", pa.int64(), None),
    ("fields", pa.list_(_USE), None),
)
_COORDINATES = (
    pa.field("kafka_partition", pa.int32()),
    pa.field("kafka_offset", pa.int64()),
    pa.field("append_time", _STAMP),
)
SCHEMA = pa.schema([pa.field(name, kind) for name, kind, _ in _COLUMNS] + list(_COORDINATES))


class Row(NamedTuple):
    """One message of the lineage topic, decoded."""

    partition: int
    offset: int
    append_ms: int
    event: Mapping[str, Any]


def _values(rows: Sequence[Row], name: str, unknown: Any) -> Iterable[Any]:
    if name == "detector_versions":
        return [list(row.event[name].items()) for row in rows]
    if unknown is None:
        return [row.event[name] for row in rows]
    return [None if (value := row.event[name]) == unknown else value for row in rows]


def table(rows: Sequence[Row]) -> pa.Table:
    """The rows as an Arrow table of :data:`SCHEMA`."""
    arrays = [pa.array(_values(rows, name, unknown), type=kind) for name, kind, unknown in _COLUMNS]
    extra: tuple[Callable[[Row], int], ...] = (lambda r: r.partition, lambda r: r.offset, lambda r: r.append_ms)
    arrays += [
        pa.array([get(row) for row in rows], type=field.type) for get, field in zip(extra, _COORDINATES, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)
