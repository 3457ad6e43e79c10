"""docker-compose.yml as a document: what each service may see, and that everything it names exists."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fakes.docker_jobs import handout
from fakes.second_user import readable
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


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the job `secrets` hands out, all of it to us."""
    folder = tmp_path_factory.mktemp("compose")
    subprocess.run(["sh", str(ROOT / "docker" / "make-secrets.sh"), str(folder / "secrets")], check=True)
    handout.hand_out(
        folder / "secrets", folder / "ca", folder / "to", dict.fromkeys(("kafka", "maskgate"), os.getuid())
    )
    return folder


def test_every_role_is_a_service() -> None:
    """All roles, the set-up job and three Kafka nodes."""
    assert set(SERVICES) == {*OURS, "secrets", *handout.BROKERS}


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client here")
def test_the_client_accepts_it() -> None:
    """``docker compose config`` finds no mistake."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("this docker client has no compose plugin")
    done = subprocess.run(["docker", "compose", "config", "--quiet"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("service", OURS)
def test_a_role_runs_with_its_own_settings(
    service: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: Path
) -> None:
    """The settings file with the service's environment is valid, and the user is the one of the ACLs."""
    mine = given / "to" / service
    text = (ROOT / "docker" / "config" / "maskgate.yaml").read_text().replace("/run/secrets", str(mine))
    (tmp_path / "maskgate.yaml").write_text(text)
    for name, value in variables(service).items():
        monkeypatch.setenv(name, value.replace("/run/secrets", str(mine)))
    settings, origin = config.load(tmp_path / "maskgate.yaml")
    user = "admin" if service == "setup" else f"maskgate-{service}"
    assert settings.kafka.sasl_password.get_secret_value() == (given / "secrets" / user).read_text()
    assert settings.kafka.security_protocol == "SASL_SSL" and Path(settings.kafka.ssl_ca_location).exists()
    expected = "admin" if service == "setup" else getattr(settings.principals, service)
    assert settings.kafka.sasl_username == expected
    unknown = [v for v in variables(service) if v.startswith("MASKGATE_") and v not in origin.values()]
    assert unknown in ([], ["MASKGATE_CONFIG"])
    if service == "watch":
        assert settings.watch.webhook_secret.get_secret_value() == (given / "secrets" / "webhook").read_text()


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


@pytest.mark.parametrize("service", [*OURS, *handout.BROKERS])
def test_a_service_mounts_its_own_secrets_only(service: str) -> None:
    """What the job wrote for one service is mounted there, read-only, and nowhere else; it is memory, of that user."""
    mounted = [v for v in SERVICES[service]["volumes"] if "-secrets:" in v]
    assert mounted == [f"{service}-secrets:/run/secrets:ro"]
    options = COMPOSE["volumes"][f"{service}-secrets"]["driver_opts"]
    user = "${KAFKA_UID:-1000}" if service in handout.BROKERS else "10001"
    assert options["type"] == "tmpfs" and f"mode=0700,uid={user},gid={user}" in options["o"]
    assert f"{service}-secrets:/to/{service}" in SERVICES["secrets"]["volumes"]
    assert SERVICES[service]["depends_on"]["secrets"] == {"condition": "service_healthy"}
    assert "secrets" not in SERVICES[service]


def test_a_role_is_given_its_own_password_only(given: Path) -> None:
    """No role is given another's password, nor the administrator's; brokers have the key of their own certificate."""
    for role in ROLES:
        names = {p.name for p in (given / "to" / role).iterdir()}
        assert names == {"kafka-password", "ca.pem"} | ({"webhook"} if role == "watch" else set())
        password = (given / "to" / role / "kafka-password").read_text()
        assert password == (given / "secrets" / f"maskgate-{role}").read_text()
    keys = [(given / "to" / broker / "tls.pem").read_text() for broker in handout.BROKERS]
    assert len(set(keys)) == len(handout.BROKERS)


def test_the_job_that_hands_out_has_no_network_and_few_rights() -> None:
    """It alone runs as root, sees the folder of secrets, and reaches nothing."""
    job = SERVICES["secrets"]
    assert (job["user"], job["network_mode"], job["read_only"]) == ("0:0", "none", True)
    assert job["cap_drop"] == ["ALL"] and job["cap_add"] == ["CHOWN", "DAC_OVERRIDE", "FOWNER"]
    others = [name for name, s in SERVICES.items() if any("docker/secrets" in v for v in s.get("volumes", []))]
    assert others == ["secrets"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_no_second_user_reads_a_secret() -> None:
    """Of what the scripts write, a stranger on the host reads nothing, and each service its own files alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        subprocess.run(["sh", str(ROOT / "docker" / "make-secrets.sh"), str(folder / "secrets")], check=True)
        (folder / "to").mkdir(mode=0o755)
        handout.hand_out(folder / "secrets", folder / "ca", folder / "to", {"kafka": 61000, "maskgate": 61001})
        assert readable(folder, 61002) <= {folder / "ca" / "ca.pem"}
        broker, ours = readable(folder / "to", 61000), readable(folder / "to", 61001)
        assert {p.parent.name for p in broker} == set(handout.BROKERS)
        assert {p.parent.name for p in ours} == set(OURS)


def test_state_is_not_shared() -> None:
    """No volume with keys is mounted by two roles; the console may only read what the watch writes."""
    mounts: dict[str, list[str]] = {}
    for service in ROLES:
        for volume in SERVICES[service]["volumes"]:
            name, _, how = volume.partition(":")
            if not name.startswith("./") and not name.endswith("-secrets"):
                mounts.setdefault(name, []).append(f"{service}{':ro' if how.endswith(':ro') else ''}")
    assert mounts.pop("watch-state") == ["watch", "console:ro"]
    assert all(len(users) == 1 for users in mounts.values()), mounts


def test_everything_named_is_declared() -> None:
    """Volumes, secrets and networks exist, and no declared one is unused."""
    used: dict[str, set[str]] = {"volumes": set(), "networks": set()}
    for service in SERVICES.values():
        used["networks"] |= set(service.get("networks", ()))
        used["volumes"] |= {v.split(":", 1)[0] for v in service.get("volumes", []) if not v.startswith("./")}
        for volume in service.get("volumes", []):
            if volume.startswith("./") and "docker/secrets" not in volume:  # those are made by a script
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
    assert set(made) == {"admin", "broker", "controller", "cluster-id", "webhook", "maskgate-admin"} | {
        f"maskgate-{role}" for role in ROLES
    }
    assert len(set(made.values())) == len(made)
    assert all(re.fullmatch(r"[0-9a-f]{48}", value) for name, value in made.items() if name != "cluster-id")
    assert re.fullmatch(r"[0-9a-f]{22}", made["cluster-id"])
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


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
