"""docker-compose.yml as a document: what each service may see, and that everything it names exists."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from maskgate.base import config
from maskgate.supervise.roles import ROLES

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [*ROLES, "setup"]


def variables(service: str) -> dict[str, str]:
    """The environment of a service with the defaults of ``${NAME:-default}``."""
    out = {}
    for name, value in (SERVICES[service].get("environment") or {}).items():
        out[name] = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
    return out


def secrets(service: str) -> dict[str, str]:
    """Name inside the container → secret."""
    entries = SERVICES[service].get("secrets", [])
    return {e if isinstance(e, str) else e["target"]: e if isinstance(e, str) else e["source"] for e in entries}


def test_every_role_is_a_service() -> None:
    """All roles, the set-up job and three Kafka nodes."""
    assert set(SERVICES) == {*OURS, "kafka-1", "kafka-2", "kafka-3"}


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client here")
def test_the_client_accepts_it() -> None:
    """``docker compose config`` finds no mistake."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("this docker client has no compose plugin")
    done = subprocess.run(["docker", "compose", "config", "--quiet"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("service", OURS)
def test_a_role_runs_with_its_own_settings(service: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings file with the service's environment is valid, and the user is the one of the ACLs."""
    text = (ROOT / "docker" / "config" / "maskgate.yaml").read_text()
    for name in secrets(service):
        (tmp_path / name).write_text("pw")
        text = text.replace(f"/run/secrets/{name}", str(tmp_path / name))
    (tmp_path / "maskgate.yaml").write_text(text)
    for name, value in variables(service).items():
        monkeypatch.setenv(name, value.replace("/run/secrets", str(tmp_path)))
    settings, origin = config.load(tmp_path / "maskgate.yaml")
    assert settings.kafka.sasl_password.get_secret_value() == "pw"
    expected = "admin" if service == "setup" else getattr(settings.principals, service)
    assert settings.kafka.sasl_username == expected
    unknown = [v for v in variables(service) if v.startswith("MASKGATE_") and v not in origin.values()]
    assert unknown in ([], ["MASKGATE_CONFIG"])
    if service == "watch":
        assert settings.watch.webhook_secret.get_secret_value() == "pw"


@pytest.mark.parametrize("service", ROLES)
def test_a_role_is_started_as_itself(service: str) -> None:
    """The command is ``maskgate -C … run ROLE``."""
    assert SERVICES[service]["command"] == ["-C", "/etc/maskgate/maskgate.yaml", "run", service]


@pytest.mark.parametrize("service", OURS)
def test_a_role_is_locked_down(service: str) -> None:
    """Read-only, no capabilities, no new privileges, and only the set-up job is not started again."""
    found = SERVICES[service]
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert found["restart"] == ("no" if service == "setup" else "unless-stopped")


@pytest.mark.parametrize("service", ROLES)
def test_a_role_sees_its_own_password_only(service: str) -> None:
    """No role is given another's password, nor the administrator's."""
    allowed = {f"maskgate-{service}"} | ({"webhook"} if service == "watch" else set())
    assert set(secrets(service).values()) == allowed


def test_state_is_not_shared() -> None:
    """No volume with keys is mounted by two roles; the console may only read what the watch writes."""
    mounts: dict[str, list[str]] = {}
    for service in ROLES:
        for volume in SERVICES[service]["volumes"]:
            name, _, how = volume.partition(":")
            if not name.startswith("./"):
                mounts.setdefault(name, []).append(f"{service}{':ro' if how.endswith(':ro') else ''}")
    assert mounts.pop("watch-state") == ["watch", "console:ro"]
    assert all(len(users) == 1 for users in mounts.values()), mounts


def test_everything_named_is_declared() -> None:
    """Volumes, secrets and networks exist, and no declared one is unused."""
    used: dict[str, set[str]] = {"volumes": set(), "secrets": set(), "networks": set()}
    for name, service in SERVICES.items():
        used["networks"] |= set(service["networks"])
        used["secrets"] |= set(secrets(name).values())
        used["volumes"] |= {v.split(":", 1)[0] for v in service.get("volumes", []) if not v.startswith("./")}
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (ROOT / volume.split(":", 1)[0]).exists(), volume
    for kind, names in used.items():
        assert names == set(COMPOSE[kind]), kind


def test_only_the_console_is_published_and_on_this_host_only() -> None:
    """Kafka and the roles are not reachable from outside; the pages by default from this host."""
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["console"]
    assert SERVICES["console"]["ports"] == ["${CONSOLE_BIND:-127.0.0.1}:8300:8300"]
    assert COMPOSE["networks"]["kafka"] == {"internal": True}


def test_the_secrets_are_made(tmp_path: Path) -> None:
    """The script makes every secret of the file once, and no two are equal."""
    for _ in range(2):
        subprocess.run(["sh", str(ROOT / "docker" / "make-secrets.sh"), str(tmp_path)], check=True)
        made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert {entry["file"].rsplit("/", 1)[1] for entry in COMPOSE["secrets"].values()} == set(made)
    assert len(set(made.values())) == len(made)
    assert all(re.fullmatch(r"[0-9a-f]{48}", value) for name, value in made.items() if name != "cluster-id")
    assert re.fullmatch(r"[0-9a-f]{22}", made["cluster-id"])
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o711


def test_no_secret_is_in_the_repository() -> None:
    """The folder of secrets is ignored by git."""
    assert "/secrets/" in (ROOT / "docker" / ".gitignore").read_text().split()


def test_the_image_copies_what_exists() -> None:
    """Each COPY of the Dockerfile from the build context names a file that is there and not ignored."""
    text = (ROOT / "docker" / "Dockerfile").read_text()
    allowed = (ROOT / "docker" / "Dockerfile.dockerignore").read_text().splitlines()
    sources = [s for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M) for s in line.split()[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        folder = source.split("/", 1)[0]
        assert any(rule in (f"!{source}", f"!{folder}", f"!{folder}/*.txt") for rule in allowed), source
    assert "USER 10001:10001" in text
