"""Three Kafka brokers with three replicas each, small heaps, a controller in every one."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.chaos.network import Network

from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.kafka import admin
from maskgate.local import kafka_local
from maskgate.supervise import tether

REPLICAS, IN_SYNC = 3, 2
_JVM = ("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_SETTINGS = """\
process.roles=broker,controller
node.id={node}
listeners=PLAINTEXT://{address}:{port},CONTROLLER://{address}:{controller_port}
advertised.listeners=PLAINTEXT://{address}:{port}
controller.listener.names=CONTROLLER
controller.quorum.voters={voters}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
log.segment.bytes=268435456
default.replication.factor=3
min.insync.replicas=2
unclean.leader.election.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=3
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=3
share.coordinator.state.topic.min.isr=2
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
controlled.shutdown.enable=true
broker.session.timeout.ms=6000
replica.lag.time.max.ms=6000
message.max.bytes=16777216
replica.fetch.max.bytes=16777216
"""


def broker_names() -> list[str]:
    """Names of the brokers in the network."""
    return [f"broker{n}" for n in range(REPLICAS)]


@dataclass(slots=True)
class Node:
    """One broker; ``start`` waits for its process only, for the others may be down."""

    folder: Path
    command: list[str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                tether.command(self.command), stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it in order; after 30 s by force."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass(slots=True)
class Cluster:
    """The brokers and how clients reach them."""

    nodes: list[Node] = field(default_factory=list)
    kafka: Kafka = field(default_factory=Kafka)

    def start(self, patience_s: float = 120.0) -> None:
        """Start all and wait until each is known to the others."""
        for node in self.nodes:
            node.start()
        until = time.monotonic() + patience_s
        while not self.whole():
            if time.monotonic() > until:
                raise WorldError("three brokers did not come up; see server.log of each")
            time.sleep(0.5)

    def whole(self) -> bool:
        """Whether every broker is in the cluster and every partition has all its replicas in sync."""
        client = admin._admin(self.kafka)
        with contextlib.suppress(Exception):
            found = client.list_topics(timeout=5)
            parts = [part for topic in found.topics.values() for part in topic.partitions.values()]
            return len(found.brokers) == REPLICAS and all(len(p.isrs) == REPLICAS for p in parts)
        return False

    def rolling_restart(self) -> None:
        """Restart one after the other in order, each when the one before is in sync again."""
        for node in self.nodes:
            node.stop()
            node.start()
            until = time.monotonic() + 60
            while not self.whole() and time.monotonic() < until:
                time.sleep(0.3)

    def close(self) -> None:
        """End them all."""
        for node in self.nodes:
            node.kill()


def create(root: Path, network: Network) -> Cluster:
    """Three formatted brokers that do not run yet."""
    if why := kafka_local.missing():
        raise WorldError(f"cannot run Kafka here: {why}")
    java, libs = str(kafka_local.find_java()), kafka_local.ensure_jars()
    ports = kafka_local.free_ports(2 * REPLICAS)
    places = [network.address(name) for name in broker_names()]
    voters = ",".join(f"{n + 1}@{places[n]}:{ports[2 * n + 1]}" for n in range(REPLICAS))
    identity = urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=").replace("-", "A")
    cluster = Cluster()
    for n, name in enumerate(broker_names()):
        folder = root / name
        folder.mkdir(parents=True)
        values = {"node": n + 1, "address": places[n], "voters": voters, "data": folder / "data"}
        values |= {"port": ports[2 * n], "controller_port": ports[2 * n + 1]}
        (folder / "server.properties").write_text(_SETTINGS.format(**values))
        (folder / "log4j2.properties").write_text(kafka_local._template("log4j2.properties"))
        start = [java, *_JVM, f"-Dlog4j2.configurationFile={folder}/log4j2.properties", "-cp", f"{libs}/*"]
        settings = str(folder / "server.properties")
        subprocess.run([*start, "kafka.tools.StorageTool", "format", "-t", identity, "-c", settings],
                       check=True, capture_output=True)  # fmt: skip
        cluster.nodes.append(Node(folder, [*network.inside(name), *start, "kafka.Kafka", settings]))
    servers = ",".join(f"{places[n]}:{ports[2 * n]}" for n in range(REPLICAS))
    cluster.kafka = Kafka(bootstrap_servers=servers, replication_factor=REPLICAS)
    return cluster
