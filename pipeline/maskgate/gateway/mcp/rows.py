"""Where the proxy's lineage rows go: the lineage topic, or a file of JSON lines. What cannot be written is an error."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Protocol

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.kafka import topics
from maskgate.kafka.client import failure, produce, quiet
from maskgate.lineage.event import LineageEvent, to_dict
from maskgate.lineage.wire.codec import encode

_WAIT_S = 10.0


class Rows(Protocol):
    """Takes rows, from any thread."""

    def write(self, event: LineageEvent) -> None:
        """Raises WorldError where the row is not safely stored."""


class FileRows:
    """One JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def write(self, event: LineageEvent) -> None:
        line = json.dumps(to_dict(event), default=dict) + "\n"
        try:
            with self._lock, self._path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise WorldError(f"{self._path}: the lineage row cannot be written: {error.strerror}") from None


class KafkaRows:
    """The topic ``maskgate.lineage``; a row is written once the broker has it."""

    def __init__(self, kafka: Kafka) -> None:
        self._producer = Producer(quiet({"linger.ms": 0, "enable.idempotence": not kafka.embedded} | kafka.client()))

    def write(self, event: LineageEvent) -> None:
        done = threading.Event()
        failed: list[KafkaError] = []

        def delivered(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                failed.append(error)
            done.set()

        try:
            produce(self._producer, topics.LINEAGE, value=encode(event), on_delivery=delivered, patience_s=_WAIT_S)
        except KafkaException as error:
            raise failure(error, f"write to {topics.LINEAGE}") from None
        left = _WAIT_S
        while not done.is_set() and left > 0:
            self._producer.poll(0.05)
            left -= 0.05
        if failed:
            raise failure(failed[0], f"write to {topics.LINEAGE}")
        if not done.is_set():
            raise WorldError(f"{topics.LINEAGE}: the broker did not take the row in {_WAIT_S:.0f} s")
