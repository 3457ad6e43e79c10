"""The embedded broker: librdkafka's mock cluster in a process of its own. Starts in 0.2 s; not exactly-once.

Not real in it: transactions, LogAppendTime, topic settings, retention (about 5 MB a partition). It serves a demo and
development; no guarantee is claimed on it.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.supervise import tether


@dataclass(slots=True)
class Embedded:
    """A running embedded broker."""

    bootstrap: str
    process: subprocess.Popen[str]

    @property
    def kafka(self) -> Kafka:
        """Settings of a client of this broker."""
        return Kafka(bootstrap_servers=self.bootstrap, embedded=True)

    def stop(self) -> None:
        """End it; its records are gone."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()


def start_embedded() -> Embedded:
    """A broker on a free local port that other processes can reach."""
    process = subprocess.Popen(
        tether.command([sys.executable, "-m", "maskgate.local.embedded"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches the roles first; they still need a broker to end well
    )
    bootstrap = process.stdout.readline().strip() if process.stdout else ""
    if not bootstrap:
        process.kill()
        raise WorldError("the embedded broker did not start")
    return Embedded(bootstrap, process)


def main() -> None:
    """Serve until the parent closes our input."""
    from confluent_kafka import Producer

    broker = Producer({"bootstrap.servers": "embedded", "test.mock.num.brokers": 1, "log_level": 0})
    nodes = broker.list_topics(timeout=10).brokers.values()
    sys.stdout.write(",".join(f"{node.host}:{node.port}" for node in nodes) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
