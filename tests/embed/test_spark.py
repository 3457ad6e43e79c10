"""Spark as a door: the bytes and outcomes of the stream, from worker processes of its own."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fakes import conformance

JOB = Path(__file__).parents[1] / "fakes" / "spark_job.py"

pytestmark = [pytest.mark.doors, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one run of Spark gave; starting it is what takes the time."""
    pytest.importorskip("pyspark", reason="make doors installs it: it is no dependency of ours")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    keyring = conformance.write_keyring(tmp_path_factory.mktemp("keys"))
    env = {**os.environ, "PYSPARK_PYTHON": sys.executable}  # workers of the same environment
    done = subprocess.run([sys.executable, str(JOB), str(keyring)], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (keyring / "killed").exists()
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_spark_reproduces_the_stream(job: dict[str, Any]) -> None:
    """Every case of the conformance file, over three partitions: outcome, bytes, code; held ones bring their item."""
    rows, cases = job["masked"], conformance.cases()
    assert [row["offset"] for row in rows] == list(range(len(cases)))

    def through(_: object) -> list[tuple[str, bytes | None, str]]:
        return [
            (row["outcome"], None if row["value"] is None else base64.b64decode(row["value"]), row["code"])
            for row in rows
        ]

    assert conformance.differences(through, cases) == []
    assert all(row["row"] for row in rows)
    assert all((row["item"] is not None) == (row["outcome"] == "held") for row in rows)


def test_a_worker_killed_during_a_batch_loses_and_doubles_nothing(job: dict[str, Any]) -> None:
    """Spark masks the batch again, in another process: the same rows, with the same ids of items and lineage."""
    assert job["after a kill"] == job["masked"]
    assert any(row["item"] for row in job["masked"])


def test_a_column_is_masked_as_the_library_masks_it(job: dict[str, Any]) -> None:
    """Documents and prose; null stays null, and what is no document becomes null."""
    assert [job["documents"], job["prose"]] == job["alone"]
    assert job["documents"][1:] == [None, None]
    assert "amelia" not in json.dumps([job["documents"], job["prose"]])
