"""Masks files of JSON lines on a Dask cluster: ``mask_lines.py POLICY KEYRING OUT FILE…``.

Every worker process loads policy and keys once, from the same paths. File N gives ``N.masked.ndjson``, and
``N.lineage.ndjson`` with each lineage row and, for what is held, its item, both in base64. The offset of an event is
its place in the file, so a file that is masked again makes the same ids, and the gate drops the second item.
"""

from __future__ import annotations

import base64
import json
import sys
from itertools import islice
from pathlib import Path

from dask.distributed import Client, LocalCluster

import maskgate
from maskgate.base.records import Record
from maskgate.embed import Result

BATCH = 500
TOPIC = "events"


def mask_file(gate: maskgate.Gate, source: str, partition: int, out: str) -> dict[str, int]:
    """Mask one file; how many events had which outcome. What a worker that died left behind is written over."""
    found: dict[str, int] = {}
    names = [Path(out) / f"{partition}.{kind}.ndjson" for kind in ("masked", "lineage")]
    parts = [name.with_suffix(".part") for name in names]
    with Path(source).open("rb") as lines, parts[0].open("wb") as masked, parts[1].open("wb") as rows:
        records = (Record(gate.topic, partition, n, line.rstrip(b"\n")) for n, line in enumerate(lines))
        while batch := list(islice(records, BATCH)):
            for result in gate.mask_records(batch):
                found[result.outcome] = found.get(result.outcome, 0) + 1
                if result.value is not None:
                    masked.write(result.value + b"\n")
                rows.write(beside(result))
    for part, name in zip(parts, names, strict=True):
        part.replace(name)
    return found


def beside(result: Result) -> bytes:
    """The line with what goes to the lineage topic and to the gate."""
    item = None if result.item is None else base64.b64encode(result.item).decode()
    return json.dumps({"lineage": base64.b64encode(result.lineage).decode(), "item": item}).encode() + b"\n"


def main(policy: str, keyring: str, out: str, *files: str) -> None:
    """Mask the files on two worker processes; give ``Client`` an address to use a cluster of your own."""
    gate = maskgate.load(policy, keyring, model="none", topic=TOPIC)
    Path(out).mkdir(exist_ok=True)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        tasks = [client.submit(mask_file, gate, name, n, out) for n, name in enumerate(files)]
        for name, found in zip(files, client.gather(tasks), strict=True):
            print(json.dumps({"file": name} | found))


if __name__ == "__main__":
    main(*sys.argv[1:])
