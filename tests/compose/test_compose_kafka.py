"""The composed deployment without containers: its broker script, its set-up job and its roles on real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import Producer
from pydantic import SecretStr

from fakes.docker_jobs import handout
from maskgate.base import filemodes
from maskgate.base.config import Kafka, load
from maskgate.base.errors import WorldError
from maskgate.crypto import signing
from maskgate.kafka import acls, admin, topics
from maskgate.lineage.ask import query
from maskgate.local import kafka_local
from maskgate.policy import load_policy
from maskgate.supervise.roles import ROLES
from maskgate.watch import feed

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
CONFIG = """
kafka: {bootstrap_servers: "BOOTSTRAP", security_protocol: SASL_SSL, ssl_ca_location: GIVEN/setup/ca.pem}
pipeline: {topics: [events], partitions: 2, state_dir: STATE}
detection: {model: none}
lineage: {dir: STATE/lineage, max_wait: 500ms}
principals: {producers: {events: shop}, consumers: {reports: events.masked, partner: events.released}}
console: {port: PAGES}
policy: FOLDER/policy.yaml
people: FOLDER/people.yaml
"""


def free_ports(n: int) -> list[int]:
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def kafka_home(folder: Path) -> Path:
    """The two programs of a Kafka installation, over the jars that the tests have."""
    java, libs = kafka_local.find_java(), kafka_local.ensure_jars()
    (folder / "bin").mkdir(parents=True)
    for name, main in {"kafka-storage.sh": "kafka.tools.StorageTool", "kafka-server-start.sh": "kafka.Kafka"}.items():
        script = folder / "bin" / name
        script.write_text(
            f'#!/bin/sh\nexec {java} -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "{libs}/*" {main} "$@"\n'
        )
        script.chmod(0o755)
    return folder


class Deployment(SimpleNamespace):
    """A running broker of docker/kafka/start.sh after docker/setup.py."""

    def environment(self, user: str, role: str) -> dict[str, str]:
        return os.environ | {
            "MASKGATE_KAFKA_SASL_USERNAME": user,
            "MASKGATE_KAFKA_SASL_PASSWORD_FILE": str(self.secrets / user),
            "MASKGATE_KAFKA_SSL_CA_LOCATION": str(self.given / "setup" / "ca.pem"),
            "MASKGATE_PIPELINE_STATE_DIR": str(self.state / role),
        }

    def client(self, user: str) -> Kafka:
        password = (self.secrets / user).read_text()
        return Kafka(
            bootstrap_servers=self.bootstrap,
            security_protocol="SASL_SSL",
            ssl_ca_location=str(self.given / "setup" / "ca.pem"),
            sasl_username=user,
            sasl_password=SecretStr(password),
        )

    def key(self, reviewer: str) -> str:
        return str(self.folder / f"{reviewer}.pem")

    def setup(self) -> subprocess.CompletedProcess[str]:
        environment = self.environment("admin", "setup") | {
            "SECRETS": str(self.given / "setup"), "STATE": str(self.state), "MASKGATE_CONFIG": str(self.config)
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, str(ROOT / "docker" / "setup.py")], env=environment, capture_output=True, text=True
        )


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One node by the compose file's own script, set up by the compose file's own job."""
    if why := kafka_local.missing():
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"real Kafka is needed in CI: {why}")
        pytest.skip(f"REAL KAFKA TESTS SKIPPED: {why}")
    folder = Path(tmp_path_factory.mktemp("compose"))
    secrets, state, config = folder / "secrets", folder / "state", folder / "maskgate.yaml"
    subprocess.run(["sh", str(ROOT / "docker" / "make-secrets.sh"), str(secrets)], check=True)
    for outsider in ("shop", "reports", "partner"):
        filemodes.write_secret(secrets / outsider, f"{outsider}-password".encode())
    given = folder / "given"
    handout.hand_out(secrets, folder / "ca", given, {"kafka": os.getuid(), "maskgate": os.getuid()})
    for name in ("policy.yaml", "people.yaml"):
        shutil.copy(ROOT / "docker" / "config" / name, folder / name)
    for reviewer in ("ada", "grace", "linus", "admin-ada", "admin-grace"):
        signing.create_key(folder / f"{reviewer}.pem")
    client, controller, pages = free_ports(3)
    bootstrap = f"localhost:{client}"
    text = (
        CONFIG.replace("BOOTSTRAP", bootstrap)
        .replace("STATE", str(state))
        .replace("FOLDER", str(folder))
        .replace("GIVEN", str(given))
    )
    text = text.replace("PAGES", str(pages))
    config.write_text(text)
    environment = {
        "NODE_ID": "1", "HOST": "localhost", "VOTERS": f"1@localhost:{controller}",
        "KAFKA_HOME": str(kafka_home(folder / "kafka")),
        "SECRETS": str(given / "kafka-1"), "DATA": str(folder / "data"),
        "PORT": str(client), "CONTROLLER_PORT": str(controller),
        "REPLICAS": "1", "IN_SYNC": "1", "CONFIG": str(folder / "server.properties"), "PATH": os.environ["PATH"],
    }  # fmt: skip
    with (folder / "kafka.log").open("wb") as log:
        broker = subprocess.Popen(
            ["sh", str(ROOT / "docker" / "kafka" / "start.sh")],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    found = Deployment(
        folder=folder,
        secrets=secrets,
        given=given,
        state=state,
        config=config,
        bootstrap=bootstrap,
        broker=broker,
        log=folder / "kafka.log",
    )
    try:
        found.argv = watched(broker, found)
        done = found.setup()
        assert done.returncode == 0, done.stderr
        yield found
    finally:
        broker.terminate()
        broker.wait(30)


def wait(until: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.2)


def watched(broker: subprocess.Popen[bytes], found: Deployment) -> set[str]:
    """Every command line that is seen below the broker's script until the broker answers."""
    lines: set[str] = set()
    end = time.monotonic() + 120
    while not lines or not (time.monotonic() % 1 < 0.1 and reachable(found)):
        assert time.monotonic() < end and broker.poll() is None, "the broker did not start"
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if os.getpgid(int(entry.name)) == broker.pid:
                    lines.add((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except (OSError, ProcessLookupError):
                continue
        time.sleep(0.02)
    return lines


def reachable(found: Deployment) -> bool:
    try:
        admin.reachable(found.client("admin"), 2)
    except WorldError:
        return False
    return True


def test_topics_and_rights_are_as_designed(deployment: Deployment) -> None:
    """After the set-up job nothing is missing and nobody has a right too many."""
    settings, _ = load(deployment.config)
    settings = settings.model_copy(update={"kafka": deployment.client("admin")})
    specs = topics.specs(settings)
    assert admin.check_topics(settings.kafka, specs) == []
    destinations = [d.topic for d in load_policy(settings.policy).exports.destinations.values() if d.topic]
    assert acls.check(settings.kafka, settings, acls.acls(settings, destinations)) == []


def test_private_keys_are_where_they_belong(deployment: Deployment) -> None:
    """Workers cannot open sealed originals or sign as the gate; the gate cannot sign items or open tokens."""
    private = {
        role: {p.name for p in (deployment.state / role / "keys").glob("*.pem")} for role in ("mask", "gate", "console")
    }
    assert private == {
        "mask": {"pipeline.pem"}, "gate": {"gate.pem", "gate-seal.pem"}, "console": {"intake.pem", "console.pem"}
    }  # fmt: skip
    for path in deployment.state.rglob("*.pem"):
        assert path.stat().st_mode & 0o077 == 0, path
    rings = {
        role: {
            entry["purpose"]: entry["secret"]
            for entry in json.loads(next((deployment.state / role).rglob("keyring.json")).read_text())["keys"]
        }
        for role in private
    }
    assert rings["gate"]["item"] == rings["mask"]["item"]
    for role in ("gate", "console"):
        assert rings[role]["mask"] != rings["mask"]["mask"]
        assert rings[role]["lineage"] != rings["mask"]["lineage"]


def test_set_up_again_changes_nothing(deployment: Deployment) -> None:
    """A second run makes no key, no topic, and ends well."""
    before = {path: path.read_bytes() for path in deployment.state.rglob("*") if path.is_file()}
    done = deployment.setup()
    assert done.returncode == 0, done.stderr
    assert "0 topics made" in done.stderr and "made the key" not in done.stderr
    assert {
        path: path.read_bytes() for path in deployment.state.rglob("*") if path.is_file() and path in before
    } == before


def test_the_scripts_log_no_password(deployment: Deployment) -> None:
    """Neither a log nor a command line holds a password, and no log holds what one could be guessed with."""
    logged = deployment.log.read_text() + deployment.setup().stderr
    assert not re.search("storedKey|serverKey|ScramCredentialRecord", logged)
    text = logged + "\n".join(deployment.argv)
    assert any("StorageTool" in line for line in deployment.argv), deployment.argv
    for path in deployment.secrets.iterdir():
        assert path.name == "cluster-id" or path.read_text() not in text, path.name


def test_every_role_works_with_its_own_user(deployment: Deployment) -> None:
    """With the rights of the list a record is masked, an export is held, approved by two and released, and all of it
    is in lineage and statistics; no role meets a right that it lacks."""
    with (deployment.folder / "roles.log").open("w") as log:
        roles = [
            subprocess.Popen(
                [sys.executable, "-m", "maskgate", "-C", str(deployment.config), "run", role],
                env=deployment.environment(f"maskgate-{role}", role),
                stderr=log,
                stdout=log,
            )
            for role in ROLES
        ]
    try:
        writer = Producer(deployment.client("shop").client())
        writer.produce("events", b'{"mail": "jane.doe@example.org"}')
        writer.produce("events", b'{"mail": "jane.doe@example.org"}', headers={"maskgate.export": b"default"})
        assert writer.flush(20) == 0
        wait(lambda: seen(deployment, "reports", "events.masked"), 120)
        wait(lambda: waiting(deployment), 90)
        for reviewer in ("ada", "grace"):
            if found := waiting(deployment):
                done = approvals(deployment, "approve", found[0], "--reason", "fine", "--key", deployment.key(reviewer))
                assert done.returncode == 0, done.stderr
        wait(lambda: seen(deployment, "partner", "events.released"), 60)
        every = seen(deployment, "reports", "events.masked") + seen(deployment, "partner", "events.released")
        assert len(every) == 2 and b"jane.doe" not in b"".join(every)
        expected = [("held", topics.REQUESTS), ("masked", "events.masked"), ("released", "events.released")]
        wait(lambda: set(expected) <= set(lineage(deployment)))
        usage = deployment.state / "watch" / "watch" / "usage.json"
        wait(lambda: usage.exists() and json.loads(usage.read_text())["kinds"].get("released") == 1)
        notices = [line["kind"] for line in feed.read(deployment.state / "watch")]
        assert notices[0] == "request_opened" and notices[-1] == "released"
    finally:
        for process in reversed(roles):
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in roles]
    said = (deployment.folder / "roles.log").read_text()
    assert codes == [0] * len(roles), said[-3000:]
    assert "AUTHORIZATION" not in said, said[-3000:]


@pytest.mark.parametrize("user", ["admin", *(f"maskgate-{role}" for role in ROLES)])
def test_the_doctor_is_content(deployment: Deployment, user: str) -> None:
    """As administrator and as each role's user nothing fails; what a user may not see is skipped."""
    role = user.removeprefix("maskgate-")
    options = ["--json", "--role", role if role in ROLES else "lineage"]
    done = subprocess.run(
        [sys.executable, "-m", "maskgate", "-C", str(deployment.config), "doctor", *options],
        env=deployment.environment(user, role), capture_output=True, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)["lines"]
    assert done.returncode == 0, [line for line in found if line["status"] == "fail"]
    acl = next(line for line in found if line["check"] == "acls")
    assert acl["status"] == ("ok" if user == "admin" else "skip")
    clock = next(line for line in found if line["check"] == "clock")
    assert clock["status"] == ("ok" if role in ("admin", "mask") else "skip")


def approvals(deployment: Deployment, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`maskgate approvals` against the console."""
    port = load(deployment.config)[0].console.port
    command = [sys.executable, "-m", "maskgate", "-C", str(deployment.config), "approvals", *arguments]
    return subprocess.run(
        [*command, "--url", f"http://localhost:{port}"],
        capture_output=True,
        text=True,
        env=deployment.environment("admin", "x"),
    )


def waiting(deployment: Deployment) -> list[str]:
    """Ids of open requests, as a reviewer sees them."""
    done = approvals(deployment, "list", "--json", "--key", deployment.key("ada"))
    return [row["request_id"] for row in json.loads(done.stdout)] if done.returncode == 0 else []


def seen(deployment: Deployment, user: str, topic: str) -> list[bytes]:
    """What a consumer gets."""
    kafka = deployment.client(user)
    kafka = kafka.model_copy(update={"options": kafka.options | {"group.id": f"{user}.test"}})
    return [m.value() or b"" for m in admin.read_to_end(kafka, [topic])]


def lineage(deployment: Deployment) -> list[Any]:
    folder = deployment.state / "lineage"
    if not (folder / "_claims").is_dir():
        return []
    return query.select(folder, "SELECT kind, dest_topic FROM lineage").rows
