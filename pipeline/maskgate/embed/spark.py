"""The mask step for Apache Spark: whole records of a Kafka source, or one column of any frame.

::

    import maskgate
    from maskgate.embed.spark import mask_json

    gate = maskgate.load(policy="policy.yaml", keyring="/etc/maskgate")
    masked = mask_json(spark.readStream.format("kafka")…load(), gate)

Every Python worker loads policy, keys and models once, from the same paths as the driver, and keeps them for the tasks
that come after. Spark gives no transaction over several outputs: see docs/spark.md for what that means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.functions import arrow_udf

from maskgate.base.errors import ConfigurationError
from maskgate.base.records import Record
from maskgate.embed.gate import Gate

__all__ = ["SCHEMA", "mask_column", "mask_json"]

SCHEMA = (
    "topic string, partition int, offset bigint, key binary, value binary, outcome string, code string, "
    "destination string, lineage binary, item binary"
)
"""The columns of :func:`mask_json`; ``value`` and ``key`` are null unless ``outcome`` is ``masked``."""
_ARROW = pa.schema(
    [
        ("topic", pa.string()), ("partition", pa.int32()), ("offset", pa.int64()), ("key", pa.binary()),
        ("value", pa.binary()), ("outcome", pa.string()), ("code", pa.string()), ("destination", pa.string()),
        ("lineage", pa.binary()), ("item", pa.binary()),
    ]
)  # fmt: skip
_NEEDED = ("topic", "partition", "offset", "value")


def mask_json(frame: DataFrame, gate: Gate) -> DataFrame:
    """What becomes of each record of a Kafka source: masked, held or quarantined, with its lineage row and held item.

    The frame has the columns of Spark's Kafka source: ``topic``, ``partition``, ``offset`` and ``value``, and ``key``,
    ``headers`` and ``timestamp`` where they are there. Nothing of the record's own columns is passed on, and a record
    that is read again gets the same item and row ids again.

    Raises:
        ConfigurationError: a column is missing.
    """
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise ConfigurationError(
            f"the frame has no column '{missing[0]}': mask_json takes what a Kafka source gives (set "
            "includeHeaders for headers); for a column of another frame use mask_column"
        )
    return frame.mapInArrow(partial(masked_batches, gate), SCHEMA)


def mask_column(gate: Gate, *, text: bool = False) -> Callable[[Any], Any]:
    """A function over a string column of JSON documents (with ``text``: of prose), for ``withColumn``.

    A document that is held or quarantined becomes null; use :func:`mask_json` to keep what is to be approved.
    """

    def column(values: pa.Array) -> pa.Array:
        return masked_column(gate, text, values)

    column.__annotations__ = {"values": pa.Array, "return": pa.Array}  # Spark reads the kind of the function there
    as_udf: Any = arrow_udf  # its overloads leave out a function and a type's name together
    made: Callable[[Any], Any] = as_udf(column, "string")
    return made


def masked_batches(gate: Gate, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The step of :func:`mask_json` over the batches of one partition."""
    for batch in batches:
        records = [_record(row) for row in batch.to_pylist()]
        results = gate.mask_records(records)
        rows = zip(records, results, strict=True)
        yield pa.RecordBatch.from_pylist(
            [
                {
                    "topic": record.topic, "partition": record.partition, "offset": record.offset, "key": result.key,
                    "value": result.value, "outcome": result.outcome, "code": result.code or None,
                    "destination": result.destination or None, "lineage": result.lineage, "item": result.item,
                }
                for record, result in rows
            ],
            schema=_ARROW,
        )  # fmt: skip


def _record(row: dict[str, Any]) -> Record:
    value = row["value"]
    headers = tuple((header["key"], header["value"]) for header in row.get("headers") or ())
    at = row.get("timestamp")
    return Record(
        row["topic"], row["partition"], row["offset"], value.encode() if isinstance(value, str) else value,
        row.get("key"), headers, 0 if at is None else int(at.timestamp() * 1000),
    )  # fmt: skip


def masked_column(gate: Gate, text: bool, values: pa.Array) -> pa.Array:
    """The step of :func:`mask_column` over one batch."""
    given = values.to_pylist()
    if text:
        return pa.array([None if value is None else gate.mask_text(value) for value in given], pa.string())
    results = iter(gate.mask_many(value for value in given if value is not None))
    return pa.array([None if value is None else next(results).value for value in given], pa.string())
