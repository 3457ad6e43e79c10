"""Masks the cases of the conformance file in Spark, twice; prints one document of JSON: ``spark_job.py KEYRING``.

The second time a Python worker is killed in the middle of a batch.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col

import maskgate
from fakes import conformance
from maskgate.base.records import Record
from maskgate.embed import Result
from maskgate.embed.spark import mask_column, mask_json
from maskgate.lineage.wire import codec

COLUMNS = (
    "topic string, partition int, offset bigint, key binary, value binary, "
    "headers array<struct<key:string,value:binary>>"
)
DOCUMENTS = ['{"email": "amelia.okafor@example.co.uk"}', None, "not json"]
PROSE = ["write to amelia.okafor@example.co.uk", None]
CHEAP_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
ATTEMPTS = 4


class Dying(maskgate.Gate):
    """Kills its own process once, when a batch is masked and nothing of it has been given back."""

    def mask_records(self, records: Sequence[Record]) -> list[Result]:
        results = maskgate.Gate.mask_records(self, records)
        try:
            killed = os.open(self._settings.pipeline.state_dir / "killed", os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            return results
        os.close(killed)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("not reached")


def spark_session() -> SparkSession:
    """Two workers in processes of their own; a task that failed is tried again."""
    return (
        SparkSession.builder.master(f"local[2,{ATTEMPTS}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.extraJavaOptions", CHEAP_START)
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )


def masked(frame: DataFrame, gate: maskgate.Gate) -> list[dict[str, Any]]:
    """What became of each record, in order, with the ids of its lineage row and of its item."""
    return [
        {
            "offset": row["offset"],
            "outcome": row["outcome"],
            "code": row["code"] or "",
            "value": row["value"] and base64.b64encode(bytes(row["value"])).decode(),
            "row": codec.decode(bytes(row["lineage"]))["event_id"],
            "item": row["item"] and json.loads(base64.b64decode(json.loads(row["item"])["payload"]))["item_id"],
        }
        for row in mask_json(frame, gate).sort("offset").collect()
    ]


def column(spark: SparkSession, gate: maskgate.Gate, texts: Sequence[str | None], *, text: bool) -> list[str | None]:
    """A column as Spark masks it."""
    frame = spark.createDataFrame([(value,) for value in texts], "doc string").coalesce(1)
    return [row["doc"] for row in frame.withColumn("doc", mask_column(gate, text=text)(col("doc"))).collect()]


def main() -> None:
    gate = maskgate.load(conformance.POLICY, sys.argv[1], model="none", topic=conformance.TOPIC)
    dying = Dying(gate._settings, gate.topic, {})
    spark = spark_session()
    spark.sparkContext.setLogLevel("OFF")
    records = [case.record for case in conformance.cases()]
    rows = [(r.topic, 0, n, r.key, r.value, list(r.headers)) for n, r in enumerate(records)]
    frame = spark.createDataFrame(rows, COLUMNS).repartition(3)
    found = {"masked": masked(frame, gate), "after a kill": masked(frame, dying)}
    found["documents"] = column(spark, gate, DOCUMENTS, text=False)
    found["prose"] = column(spark, gate, PROSE, text=True)
    found["alone"] = [
        [None if value is None else gate.mask(value).value for value in DOCUMENTS],
        [None if value is None else gate.mask_text(value) for value in PROSE],
    ]
    print(json.dumps(found))
    spark.stop()


if __name__ == "__main__":
    main()
