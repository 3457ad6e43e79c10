"""How long the pages of figures and lineage take over many rows: writes them as Parquet, counts them, asks the pages.

    python benchmarks/console/dashboard.py [--rows 10000000] [--folder DIR]

The rows are of our own making: what is measured is counting and asking, not finding.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from maskgate.console import trends, ways
from maskgate.console.index import Index
from maskgate.crypto import signing
from maskgate.lineage.ask.rollup import Rollup
from maskgate.lineage.sinks import columns
from maskgate.lineage.sinks.claims import Footer
from maskgate.lineage.sinks.local import LocalStore

FILE = 100_000
TOPICS = [f"orders.{i}" for i in range(12)]
KINDS = ["EMAIL_ADDRESS", "PERSON", "IBAN_CODE", "PHONE_NUMBER", "LOCATION", "CREDIT_CARD", "SECRET", "IP_ADDRESS"]


def rows(first: int, n: int, newest_ms: int, total: int) -> pa.Table:
    """A table of masked records spread evenly over a week."""
    base = {name: value for name, _, value in columns._COLUMNS}
    out = []
    for i in range(n):
        at = newest_ms - (total - first - i) * 604_800_000 // total
        topic = TOPICS[i % len(TOPICS)]
        uses = [
            {"path": "/a", "entity": KINDS[(i + j) % 8], "operator": "pseudonym", "detector": "d", "score": 1.0,
             "count": 1, "value_mac": "5e"}
            for j in range(2)
        ]  # fmt: skip
        event = base | {"event_id": str(i), "kind": "masked", "time": at, "source_topic": topic, "records": 1}
        event |= {"source_offset": first + i, "dest_topic": f"{topic}.masked", "actor_assurance": "acl"}
        event |= {"detector_versions": {}, "bytes_in": 1, "bytes_out": 1, "fields": uses}
        out.append(columns.Row(0, first + i, at, event))
    return columns.table(out)


def fill(folder: Path, total: int, newest_ms: int) -> None:
    """Files as a sink publishes them."""
    store = LocalStore(folder, "bench", signing.from_seed(b"dashboard".ljust(32, b".")))
    n = min(FILE, total)
    made = rows(0, n, newest_ms, total)
    step = pa.scalar(n * 604_800_000 // total, pa.duration("ms"))
    for first in range(0, total, n):
        store.publish([made], Footer("maskgate.lineage", "bench", 0, first, first + n - 1, n, 0, 0, "1"))
        for name, more in (("kafka_offset", n), ("time", step), ("append_time", step)):
            at = made.schema.get_field_index(name)
            made = made.set_column(at, made.schema.field(name), pc.add(made[name], more))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="maskgate-dashboard-"))
    now = time.time()
    fill(folder / "lineage", asked.rows, int(now * 1000))
    rollup = Rollup(folder / "lineage.sqlite", folder / "lineage")
    began = time.process_time()
    files = rollup.advance()
    spent = time.process_time() - began
    print(f"counted {rollup.reach().rows:,} rows of {files} files in {spent:.1f} s of CPU")
    print(f"{os.path.getsize(folder / 'lineage.sqlite') / 1e6:.1f} MB of counts")
    index = Index(":memory:")
    for over in (*trends.SPANS, "all"):
        times = []
        for _ in range(5):
            began = time.perf_counter()
            if over in trends.SPANS:
                trends.board(index, rollup, folder, over, now)
            span = trends.SPANS.get(over)
            found = rollup.found(span.step, int(now) - span.seconds) if span else rollup.found(3600, 0)
            ways.draw(found, dict.fromkeys(ways.PARTS, ""), over)
            times.append(1000 * (time.perf_counter() - began))
        print(f"{over}: dashboard and graph {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB (with the making of rows)")


if __name__ == "__main__":
    main()
