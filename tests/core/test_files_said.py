"""Files and ports that cannot be had: one line with the path and what to do."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from maskgate.base import files
from maskgate.base.errors import ConfigurationError, WorldError


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (errno.EACCES, ConfigurationError, "no right to use it"),
        (errno.EROFS, ConfigurationError, "no right to use it"),
        (errno.ENOSPC, WorldError, "make room"),
        (errno.ENOTDIR, ConfigurationError, "/some/where"),
    ],
)
def test_an_error_of_a_file_is_ours(code: int, kind: type[Exception], says: str) -> None:
    """Kind and words by what happened."""
    told = files.told(OSError(code, "x", "/some/where"))
    assert type(told) is kind
    assert says in str(told)
    assert "/some/where" in str(told)


def test_other_errors_stay_as_they_are() -> None:
    """An error without a file could be anything: it is not taken for one of a file."""
    for error in (OSError("odd"), ValueError("x"), ConnectionResetError(104, "reset")):
        assert files.told(error) is error


def test_a_command_without_its_folder_says_so_in_one_line(tmp_path: Path) -> None:
    """A state folder that is a file ends a role with one line and no traceback."""
    (tmp_path / "state").write_text("not a folder")
    config = tmp_path / "maskgate.yaml"
    config.write_text("pipeline: {state_dir: state}\ndetection: {model: none}\nmonitor: {enabled: false}\n")
    done = subprocess.run(
        [sys.executable, "-m", "maskgate", "-C", str(config), "run", "mask"],
        capture_output=True, text=True, cwd=tmp_path, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert "state" in line
    assert "Traceback" not in line
