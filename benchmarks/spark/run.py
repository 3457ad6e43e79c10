"""What Spark adds to the library, in CPU-seconds of Python: ``python benchmarks/spark/run.py EVENTS --rows 100000``.

EVENTS is a folder with one JSON event a line in its ``*.ndjson`` files; they are repeated until there are so many rows,
the kinds mixed, as records of a Kafka source. Three processes mask the same rows, each after it has seen every event
once: the bare library in batches as large as Spark's, Spark with one Python worker, Spark with two. Needs Java 17 and
``pip install 'pyspark>=4.1' 'pandas<3'``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice, zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

import maskgate
from maskgate.base.records import Record
from maskgate.crypto.keyring import Keyring
from maskgate.embed.spark import mask_json

FILES = 8
BATCH = 10_000  # rows that Spark gives to Python at once unless it is told otherwise
TICKS = os.sysconf("SC_CLK_TCK")
LEAST, MOST = 0.8, 1.15  # of the bare library's rate; of one worker's CPU-seconds
WHOLE_DICTIONARY = 1 << 28


def mixed(folder: Path) -> list[bytes]:
    """The events of a folder, one of each kind in turn."""
    kinds = [[e for e in f.read_bytes().split(b"\n") if e.strip()] for f in sorted(folder.glob("*.ndjson"))]
    if not any(kinds):
        raise SystemExit(f"{folder}: no *.ndjson with events in it; give a folder with one JSON event a line")
    return [event for turn in zip_longest(*kinds) for event in turn if event]


def write(events: list[bytes], rows: int, place: Path) -> None:
    """The rows as files of a table with the columns of Spark's Kafka source."""
    place.mkdir()
    for number in range(FILES):
        count = rows // FILES + (number < rows % FILES)
        table = pa.table(
            {
                "topic": pa.array(["events"] * count, pa.string()),
                "partition": pa.array([number] * count, pa.int32()),
                "offset": pa.array(range(count), pa.int64()),
                "value": pa.array(islice(cycle(events), count), pa.binary()),
            }
        )
        pq.write_table(table, place / f"{number}.parquet", dictionary_pagesize_limit=WHOLE_DICTIONARY)


def bare(gate: maskgate.Gate, folder: Path) -> dict[str, float]:
    """The library alone over the same rows: CPU-seconds to load and to mask."""
    warm = time.process_time()
    gate.warm().mask_records([_record(row) for row in pq.read_table(folder / "warm").to_pylist()])
    start = time.process_time()
    spent = 0.0
    for file in sorted((folder / "rows").glob("*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(BATCH):
            records = [_record(row) for row in batch.to_pylist()]
            before = time.process_time()
            gate.mask_records(records)
            spent += time.process_time() - before
    return {"load": start - warm, "python": spent}


def _record(row: dict[str, Any]) -> Record:
    return Record(row["topic"], row["partition"], row["offset"], row["value"])


def spark(gate: maskgate.Gate, folder: Path, workers: int) -> dict[str, float]:
    """Spark over the same rows: CPU-seconds of its Python workers to load and to mask, and of its JVM."""
    session = (
        SparkSession.builder.master(f"local[{workers}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.files.openCostInBytes", str(1 << 27))  # a file is a task
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    run(mask_json(session.read.parquet(*[str(folder / "warm")] * workers), gate))
    (load, _), before = pythons_and_jvm(), pythons_and_jvm()
    run(mask_json(session.read.parquet(str(folder / "rows")), gate))
    after = pythons_and_jvm()
    session.stop()
    return {"load": load, "python": after[0] - before[0], "jvm": after[1] - before[1]}


def run(frame: DataFrame) -> None:
    """Make every row and drop it."""
    frame.write.format("noop").mode("overwrite").save()


def pythons_and_jvm() -> tuple[float, float]:
    """CPU-seconds so far of the Python processes below the JVM of this one, those that ended too, and of the JVM."""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended
            continue
        pid = int(stat.parent.name)
        parents[pid], ticks[pid] = int(fields[1]), (sum(map(int, fields[11:13])), sum(map(int, fields[13:15])))
    jvm = next(pid for pid, parent in parents.items() if parent == os.getpid())
    below = [pid for pid in parents if pid != jvm and jvm in _line(pid, parents)]
    return sum(sum(ticks[pid]) for pid in below) / TICKS, ticks[jvm][0] / TICKS


def _line(pid: int, parents: dict[int, int]) -> list[int]:
    found = []
    while pid := parents.get(pid, 0):
        found.append(pid)
    return found


def part(name: str, folder: Path, model: str) -> dict[str, float]:
    """One of the three in a process of its own."""
    command = [sys.executable, __file__, str(folder), "--part", name, "--model", model]
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(folder: Path, rows: int, model: str) -> bool:
    """Print the figures of all three; whether they are what they should be."""
    alone, one, two = (part(name, folder, model) for name in ("bare", "1", "2"))
    for name, found in (("bare library", alone), ("Spark, 1 worker", one), ("Spark, 2 workers", two)):
        jvm = f", the JVM {found['jvm']:.1f} CPU-s" if "jvm" in found else ""
        rate = rows / found["python"]
        print(f"{name}: {rate:,.0f} events_per_cpu_s ({found['python']:.1f} CPU-s, load {found['load']:.1f}{jvm})")
    ratio, share = alone["python"] / one["python"], two["python"] / one["python"]
    print(f"ratio {ratio:.2f} of the bare library (at least {LEAST}); two workers {share:.2f} of one (at most {MOST})")
    return ratio >= LEAST and share <= MOST


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--model", default="none")
    parser.add_argument("--check", action="store_true", help="end with 1 where a figure is below its target")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.part:
        gate = maskgate.load("gdpr", told.events, model=told.model)
        found = bare(gate, told.events) if told.part == "bare" else spark(gate, told.events, int(told.part))
        print(json.dumps(found))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder, events = Path(name), mixed(told.events)
        Keyring.load_or_create(folder)
        write(events, len(events), folder / "warm")
        write(events, told.rows, folder / "rows")
        print(f"{told.rows:,} rows of {len(events):,} events, {sum(map(len, events)) / len(events):,.0f} bytes each")
        held = compare(folder, told.rows, told.model)
    return 0 if held or not told.check else 1


if __name__ == "__main__":
    sys.exit(main())
