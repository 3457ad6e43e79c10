"""Cost of a lineage row: built and encoded in the worker, decoded and written in the sink.

    .venv/bin/python benchmarks/lineage/rows.py [--rows 50000] [--fields 4]

Prints one JSON object; figures with their machine stand in docs/lineage.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from pathlib import Path

from maskgate.base.records import FieldUse, Masked, PolicyRef, Record
from maskgate.crypto import signing
from maskgate.lineage.ask import query
from maskgate.lineage.event import Engines, Route, record_event
from maskgate.lineage.sinks.local import LocalStore
from maskgate.lineage.sinks.writer import PartitionWriter
from maskgate.lineage.wire.codec import encode


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--fields", type=int, default=4)
    given = parser.parse_args()
    uses = tuple(
        FieldUse(f"/user/{i}/email", "EMAIL_ADDRESS", "pseudonym", "email", 1.0, 1, f"{i:032x}")
        for i in range(given.fields)
    )
    engines = Engines(PolicyRef("default", "1", "ab" * 32), "cd" * 32, {"maskgate": "0.1.0", "spacy": "3.8.7"})
    outcome, route = Masked(b"x" * 800, None, (), uses, True), Route("orders.masked", 3)
    records = [Record("orders", 3, n, b"x" * 800, b"k", (), 1_795_300_000_000) for n in range(given.rows)]

    began = time.process_time()
    encoded = [encode(record_event(record, outcome, engines, route, time_ms=1)) for record in records]
    encoding = time.process_time() - began

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = LocalStore(folder, "bench", signing.generate())
        writer = PartitionWriter(store, "maskgate.lineage", "tid", 0)
        began = time.process_time()
        for offset, value in enumerate(encoded):
            writer.add(offset, 1_795_300_000_000, value)
        decoding = time.process_time() - began
        began = time.process_time()
        writer.flush()
        writing = time.process_time() - began
        size = sum(path.stat().st_size for path in folder.glob("dt=*/*.parquet"))
        began = time.perf_counter()
        query.select(folder, "SELECT f.entity, count(*) FROM lineage, unnest(fields) t(f) GROUP BY 1")
        asking = time.perf_counter() - began
    per = 1e6 / given.rows
    print(
        json.dumps(
            {
                "machine": platform.processor() or platform.machine(),
                "rows": given.rows,
                "fields_per_row": given.fields,
                "encode_us": round(encoding * per, 2),
                "decode_us": round(decoding * per, 2),
                "write_us": round(writing * per, 2),
                "sink_rows_per_cpu_s": round(given.rows / (decoding + writing)),
                "bytes_per_row_topic": len(encoded[0]),
                "bytes_per_row_parquet": round(size / given.rows, 1),
                "query_s": round(asking, 3),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
