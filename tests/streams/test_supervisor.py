"""The supervisor's own hygiene, and roles as processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from maskgate.base.config import Kafka, Pipeline, Settings
from maskgate.base.errors import ConfigurationError, RefusedError, WorldError
from maskgate.kafka.errors import CREDENTIALS, RESTART, CredentialsRefused, Unrecoverable, exit_code
from maskgate.supervise import roles

PURITY = """
import sys, threading
from pathlib import Path
from maskgate.base.config import Detection, Pipeline, Settings
from maskgate.supervise import supervisor
from maskgate.worker.context import build
build(Settings(pipeline=Pipeline(state_dir=Path(sys.argv[1])), detection=Detection(model=sys.argv[2])))
bad = [name for name in ("confluent_kafka", "faust", "fastapi", "pyarrow") if name in sys.modules]
print(bad, len(list(Path("/proc/self/task").iterdir())))
"""


@pytest.mark.slow
@pytest.mark.parametrize("model", ["none", "default"])
def test_nothing_that_is_unsafe_to_fork_is_loaded(tmp_path: Path, model: str) -> None:
    """With policy, rules and model loaded the supervisor has one thread and no Kafka client, faust, or FastAPI."""
    done = subprocess.run(
        [sys.executable, "-c", PURITY, str(tmp_path), model], capture_output=True, text=True, check=False
    )
    assert done.stdout == "[] 1\n", done.stderr[-2000:]


def test_settings_survive_the_pipe() -> None:
    """A started role gets the same settings, secrets included."""
    before = Settings(
        kafka=Kafka(sasl_password=SecretStr("pw"), options={"a": "b"}),
        pipeline=Pipeline(topics=("x", "y"), state_dir=Path("/tmp/s")),
        policy=Path("p.yaml"),
    )
    assert Settings.model_validate_json(roles.to_json(before)) == before


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unrecoverable("no right"), 3),
        (CredentialsRefused("who are you"), CREDENTIALS),
        (WorldError("gone"), RESTART),
        (ConfigurationError("wrong"), 2),
        (RefusedError("no", "no"), 1),
        (RuntimeError("bug"), RESTART),
    ],
)
def test_exit_codes_say_how_soon_to_restart(error: Exception, code: int) -> None:
    """What a person has to mend is told from what passes by itself."""
    assert exit_code(error) == code


def test_an_unknown_role_is_named() -> None:
    """A role that does not exist is wrong use."""
    with pytest.raises(ConfigurationError, match="unknown role mosk"):
        roles.Roles(Settings(), ["mosk"])


def test_a_configuration_that_the_only_role_refuses_ends_the_run(tmp_path: Path) -> None:
    """Exit 2 of the one role there is ends the run with 2."""
    keyring = tmp_path / "keys" / "keyring.json"
    keyring.parent.mkdir()
    keyring.write_text("not a keyring")
    keyring.chmod(0o600)
    settings = Settings(pipeline=Pipeline(state_dir=tmp_path), kafka=Kafka(bootstrap_servers="127.0.0.1:9"))
    running = roles.Roles(settings, ["mask"])
    running.start()
    child = running.children[0]
    assert child.process is not None
    child.process.wait(60)
    with pytest.raises(ConfigurationError):
        running.check()
    running.stop()
