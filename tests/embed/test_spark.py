"""Spark as a door: the bytes and outcomes of the stream, from worker processes of its own."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fakes import conformance

JOB = Path(__file__).parents[1] / "fakes" / "spark_job.py"

pytestmark = pytest.mark.slow


def test_spark_reproduces_the_stream(tmp_path: Path) -> None:
    """Every case of the conformance file, over three partitions: outcome, bytes, code; held ones bring their item."""
    pytest.importorskip("pyspark", reason="pip install 'pyspark>=4.1' pandas: it is no dependency of ours")
    pytest.importorskip("pandas", reason="Spark's Arrow functions need pandas")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    keyring = conformance.write_keyring(tmp_path)
    env = {**os.environ, "PYSPARK_PYTHON": sys.executable}  # workers of the same environment
    command = [sys.executable, str(JOB), str(keyring)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    *rows, column, alone = [json.loads(line) for line in done.stdout.splitlines()]
    cases = conformance.cases()
    assert [row["offset"] for row in rows] == list(range(len(cases)))

    def through(_: object) -> list[tuple[str, bytes | None, str]]:
        return [
            (row["outcome"], None if row["value"] is None else base64.b64decode(row["value"]), row["code"] or "")
            for row in rows
        ]

    assert conformance.differences(through, cases) == []
    assert all(row["lineage"] for row in rows)
    assert all(row["item"] == (row["outcome"] == "held") for row in rows)
    assert column == alone
    assert "amelia" not in column[0]
