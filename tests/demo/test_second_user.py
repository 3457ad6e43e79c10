"""What a demo and `maskgate dev` leave on the disk, looked at by another user of the machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.second_user import open_by_mode, readable

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")]

# Public halves, checkpoints, and what people write or read: data of lineage and watch, settings without secrets.
_OPEN = ("*.pub", "*checkpoints*", "policy.yaml", "people.yaml", "account.json")
_DATA = {"lineage", "watch"}


@pytest.fixture
def street() -> Iterator[Path]:
    """A folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def too_many(folder: Path) -> list[str]:
    """What a second user can read, or could if he found a way into the folder, and must not."""
    found = readable(folder, 61002) | open_by_mode(folder)
    return sorted(
        str(path.relative_to(folder))
        for path in found
        if not any(path.match(shape) for shape in _OPEN) and not _DATA & set(path.relative_to(folder).parts)
    )


@pytest.mark.parametrize(
    "broker", ["embedded", pytest.param("kafka", marks=pytest.mark.kafka)]
)  # the embedded broker keeps the console's index in memory
def test_a_demo_leaves_no_readable_secret(street: Path, broker: str) -> None:
    """Keys, snapshots, indexes, in-flight files, logs, the broker's data: all of the roles, none of it readable."""
    command = [sys.executable, "-m", "maskgate", "demo", "--once", "--broker", broker, "--dir", str(street / "d")]
    done = subprocess.run(
        [*command, "--json", str(street / "account.json")], capture_output=True, text=True, umask=0o022, timeout=290
    )
    assert done.returncode == 0, done.stderr[-2000:]
    every = [p for p in (street / "d").rglob("*") if p.is_file()]
    assert any(p.suffix == ".pem" for p in every) and any(p.suffix == ".parquet" for p in every)
    assert too_many(street) == []


def test_dev_leaves_no_readable_secret(street: Path) -> None:
    """While every role runs, and after."""
    (street / "tmp").mkdir(mode=0o755)
    with (street / "account.json").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "maskgate", "dev"], cwd=street, stderr=log, stdout=log, umask=0o022,
            env=os.environ | {"TMPDIR": str(street / "tmp"), "MASKGATE_CONSOLE_PORT": "0",
                              "MASKGATE_DETECTION_MODEL": "none"},
        )  # fmt: skip
    try:
        end = time.monotonic() + 120
        while b"listening" not in (street / "account.json").read_bytes():
            assert time.monotonic() < end and process.poll() is None, (street / "account.json").read_text()[-2000:]
            time.sleep(0.5)
        assert list(street.rglob("*.pem"))
        assert too_many(street) == []
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert too_many(street) == []
