"""The drills of docs/runbook.md, typed as they stand there, on a real Kafka with every role."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kafka_fixtures import Broker
from maskgate.crypto import sealing, signing
from maskgate.crypto.keyring import Keyring
from maskgate.local.kafka_local import free_ports

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "runbook.md"
DRILLS = dict(re.findall(r"^```sh ([\w-]+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M))

# What systemd does with examples/systemd/maskgate@.service: a role by the unit's name, with a folder of its own.
SYSTEMCTL = """#!/usr/bin/env bash
set -eu
role=${2#maskgate@}
state=$STATE/$role
case $1 in
start)
  export MASKGATE_PIPELINE_STATE_DIR=$state MASKGATE_LINEAGE_DIR=$state/lineage MASKGATE_PIPELINE_INSTANCE=$role
  export MASKGATE_MONITOR_ENABLED=false
  setsid maskgate run $role >>$STATE/$role.log 2>&1 </dev/null &
  echo $! >$STATE/$role.pid ;;
stop)
  pid=$(cat $STATE/$role.pid)
  kill $pid
  for _ in $(seq 600); do kill -0 $pid 2>/dev/null || exit 0; sleep 0.1; done
  exit 1 ;;
esac
"""


@dataclass
class Host:
    """One host with all roles in folders of its own, and a producer that never stops for long."""

    folder: Path
    broker: Broker
    topic: str
    produced: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        own = f"{self.folder}/bin:{Path(sys.executable).parent}"
        return os.environ | {"PATH": f"{own}:{os.environ['PATH']}", "STATE": str(self.folder / "state")}

    def type(self, script: str) -> subprocess.CompletedProcess[str]:
        """What stands on the page, with the folders of this test."""
        for there, here in (("/var/lib/maskgate", "state"), ("/backup", "backup"), ("/etc/maskgate", "etc")):
            script = script.replace(there, str(self.folder / here))
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder / "etc", env=self.environment, capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    def drill(self, name: str) -> str:
        done = self.type(DRILLS[name])
        assert done.returncode == 0, f"{name}: {done.stdout[-1500:]}\n{done.stderr[-3000:]}\n{self.last_lines()}"
        return done.stdout + done.stderr

    def last_lines(self) -> str:
        return "\n".join((self.folder / "state" / "all.log").read_text(errors="replace").splitlines()[-8:])

    def produce(self, count: int = 20, more: str = "") -> None:
        ids = [f"e{len(self.produced) + n}" for n in range(count)]
        lines = "".join(json.dumps({"id": i, "mail": f"{i}@example.org"}) + "\n" for i in ids) + more
        done = subprocess.run(
            ["maskgate", "produce", "-t", self.topic], input=lines, cwd=self.folder / "etc", env=self.environment,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        self.produced += ids

    def is_up(self) -> None:
        """Gate and sink have made their folders: masked records say only that the worker is there."""
        until = time.monotonic() + 60
        while not all((self.folder / "state" / "all" / name).is_dir() for name in ("audit", "lineage")):
            assert time.monotonic() < until, self.last_lines()
            time.sleep(0.2)

    def all_masked_once(self) -> None:
        """Every event that was produced is in the masked topic once; waits while it gets on."""
        seen: list[str] = []
        until = time.monotonic() + 120
        while time.monotonic() < until and set(self.produced) - set(seen):
            records = self.broker.read(f"{self.topic}.masked")
            now = [json.loads(r.value())["id"] for r in records if r.value()]
            until = time.monotonic() + 120 if len(now) != len(seen) else until
            seen = now
            time.sleep(0.5)
        assert sorted(seen) == sorted(self.produced), self.last_lines()


@pytest.fixture
def host(tmp_path: Path, kafka_clean: Broker) -> Iterator[Host]:
    for name in ("etc", "backup", "bin", "state"):
        (tmp_path / name).mkdir(mode=0o700)
    systemctl = tmp_path / "bin" / "systemctl"
    systemctl.write_text(SYSTEMCTL)
    systemctl.chmod(0o755)
    topic = kafka_clean.pipeline(partitions=3)
    state = tmp_path / "state" / "all"
    state.mkdir(mode=0o700)
    Keyring.load_or_create(state)
    for name in ("pipeline", "intake", "gate", "console", "admin"):
        signing.create_key(state / "keys" / f"{name}.pem")
    sealing.create_seal_key(state / "keys" / "gate-seal.pem")
    (port,) = free_ports(1)
    (tmp_path / "etc" / "maskgate.yaml").write_text(
        f"kafka: {{bootstrap_servers: '{kafka_clean.bootstrap}'}}\n"
        f"pipeline: {{topics: [{topic}], name: {topic}, state_dir: {state}}}\n"
        f"lineage: {{dir: {state / 'lineage'}, max_wait: 1}}\nconsole: {{port: {port}}}\nworker: {{workers: 1}}\n"
    )
    found = Host(tmp_path, kafka_clean, topic)
    try:
        yield found
    finally:
        for pid in (tmp_path / "state").glob("*.pid"):
            subprocess.run(["systemctl", "stop", f"maskgate@{pid.stem}"], env=found.environment, check=False)


def test_every_drill_works(host: Host) -> None:
    """One after the other, while events go on; nothing is lost or doubled, and log and lineage verify at the end."""
    assert host.type("systemctl start maskgate@all").returncode == 0
    host.produce(more="no json\n")
    host.all_masked_once()
    host.is_up()
    for name in DRILLS:
        host.drill(name)
        host.produce()
        host.all_masked_once()
    assert host.type("maskgate audit verify").returncode == 0
    until = time.monotonic() + 60
    done = host.type("maskgate lineage verify")  # the folder that was lost shows
    while done.returncode != 2 and time.monotonic() < until:  # by the first checkpoint that saw the new one
        time.sleep(1)
        done = host.type("maskgate lineage verify")
    said = re.search(r"--since (\S+)", done.stderr)
    assert done.returncode == 2 and said, done.stdout + done.stderr
    done = host.type(f"maskgate lineage verify --since {said[1]}")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_has_the_drills_that_people_need() -> None:
    """Each is a script, and the order is that of the page."""
    assert list(DRILLS) == [
        "backup", "restore", "keyring-lost", "rotate", "replay", "scale-out", "lineage-lost", "upgrade"
    ]  # fmt: skip
