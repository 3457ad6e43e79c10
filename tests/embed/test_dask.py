"""The example for Dask, run as its page says: the bytes of the stream, from worker processes of its own."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

import maskgate
from fakes import conformance
from maskgate.base.records import Record
from maskgate.embed import Result
from maskgate.lineage.wire import codec

EXAMPLE = Path(__file__).parents[2] / "examples" / "dask" / "mask_lines.py"
TOPIC = "events"

pytestmark = [pytest.mark.doors, pytest.mark.slow]


def alone(gate: maskgate.Gate, partition: int, lines: list[bytes]) -> list[Result]:
    """The library over the same lines, in this process."""
    return gate.mask_records([Record(TOPIC, partition, n, line) for n, line in enumerate(lines)])


def test_dask_reproduces_the_library(tmp_path: Path) -> None:
    """Four files on two workers: masked lines byte for byte, rows with the same ids, nothing else beside them."""
    pytest.importorskip("distributed", reason="make doors installs it: it is no dependency of ours")
    keyring = conformance.write_keyring(tmp_path / "keys")
    events = [case.record.value or b"" for case in conformance.cases() if not case.headers]
    files = [tmp_path / f"{n}.ndjson" for n in range(4)]
    for n, file in enumerate(files):
        file.write_bytes(b"".join(event + b"\n" for event in events[n::4]))
    out = tmp_path / "out"
    command = [sys.executable, str(EXAMPLE), str(conformance.POLICY), str(keyring), str(out), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "amelia" not in done.stdout + done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    gate = maskgate.load(conformance.POLICY, keyring, model="none", topic=TOPIC)
    for n in range(4):
        expected = alone(gate, n, events[n::4])
        values = [result.value for result in expected if result.value is not None]
        assert (out / f"{n}.masked.ndjson").read_bytes().splitlines() == values
        rows = [json.loads(line) for line in (out / f"{n}.lineage.ndjson").read_bytes().splitlines()]
        ids = [codec.decode(base64.b64decode(row["lineage"]))["event_id"] for row in rows]
        assert ids == [result.row["event_id"] for result in expected]
        assert told[n].get("quarantined", 0) == sum(result.outcome == "quarantined" for result in expected)
    assert len(list(out.iterdir())) == 8
