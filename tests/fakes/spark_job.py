"""Masks the cases of the conformance file in Spark; prints one line of JSON a record: ``spark_job.py KEYRING``."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pyspark.sql import SparkSession
from pyspark.sql.functions import col

import maskgate
from fakes import conformance
from maskgate.embed.spark import mask_column, mask_json

COLUMNS = (
    "topic string, partition int, offset bigint, key binary, value binary, "
    "headers array<struct<key:string,value:binary>>"
)


def main() -> None:
    gate = maskgate.load(conformance.POLICY, sys.argv[1], model="none", topic=conformance.TOPIC)
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    records = [case.record for case in conformance.cases()]
    rows = [(r.topic, 0, n, r.key, r.value, list(r.headers)) for n, r in enumerate(records)]
    frame = spark.createDataFrame(rows, COLUMNS).repartition(3)
    for row in mask_json(frame, gate).sort("offset").collect():
        out = {name: row[name] for name in ("offset", "outcome", "code")}
        value, item = row["value"], row["item"]
        out["value"] = None if value is None else base64.b64encode(bytes(value)).decode()
        print(json.dumps(out | {"item": item is not None, "lineage": bool(row["lineage"])}))
    texts = spark.createDataFrame([('{"email": "amelia.okafor@example.co.uk"}',), (None,), ("not json",)], "doc string")
    masked = texts.withColumn("doc", mask_column(gate)(col("doc"))).collect()
    alone = [gate.mask('{"email": "amelia.okafor@example.co.uk"}').value, None, gate.mask("not json").value]
    print(json.dumps([row["doc"] for row in masked]))
    print(json.dumps(alone))
    spark.stop()


if __name__ == "__main__":
    main()
