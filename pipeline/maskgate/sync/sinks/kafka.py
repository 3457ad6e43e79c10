"""Another topic, of this broker or another: one key, so that all entries lie in one partition in their order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from maskgate.base.audit_settings import AuditSink
from maskgate.base.config import Kafka
from maskgate.base.errors import ConfigurationError, MaskgateError
from maskgate.kafka import topics
from maskgate.kafka.client import FATAL, UNKNOWN, produce, quiet
from maskgate.sync.entry import Item, NotTaken

_TIMEOUT_S = 20.0
_KEY = b"maskgate.audit"
_REFUSED = FATAL | UNKNOWN | {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG}


class KafkaTopic:
    """An idempotent producer that waits for all replicas."""

    def __init__(self, topic: str, conf: dict[str, Any]) -> None:
        self._topic, self._conf = topic, conf
        self._producer: Producer | None = None

    def send(self, items: Sequence[Item]) -> None:
        """Produce them and wait until the broker has them."""
        failed: list[KafkaError] = []
        done: list[int] = []

        def delivered(error: KafkaError | None, message: Any) -> None:
            done.append(1) if error is None else failed.append(error)

        try:
            producer = self._producer = self._producer or Producer(quiet(self._conf))
            for item in items:
                value, name = json.dumps(item.body, ensure_ascii=False).encode(), item.uid.encode()
                headers = [("maskgate.audit-id", name)]
                produce(producer, self._topic, value, _KEY, headers=headers, on_delivery=delivered, patience_s=5.0)
            producer.flush(_TIMEOUT_S)
        except KafkaException as error:
            failed.append(error.args[0])
        except MaskgateError as error:
            self.close()
            raise NotTaken(str(error)) from None
        if failed or len(done) < len(items):
            self.close()  # nothing of this batch may arrive between entries of the next attempt
            self._judge(failed)

    def _judge(self, failed: Sequence[KafkaError]) -> None:
        if not failed:
            raise NotTaken("the broker did not confirm in time")
        raise NotTaken(f"the broker answered {failed[0].name()}", refused=failed[0].code() in _REFUSED)

    def close(self) -> None:
        """Drop what is still queued; the cursor knows what was taken."""
        if self._producer is not None:
            self._producer.purge()
            self._producer.flush(1.0)
            self._producer = None


def make(sink: AuditSink, kafka: Kafka) -> KafkaTopic:
    """The sink of its settings.

    Raises:
        ConfigurationError: the topic is one of ours: what is sent would come back as an entry, or as a vote.
    """
    if sink.topic in (*topics.CONTROL, topics.LINEAGE):
        raise ConfigurationError(f"audit.sinks.{sink.name}: topic {sink.topic} is one of maskgate's own; take another")
    conf = kafka.client() if not sink.bootstrap_servers else {"bootstrap.servers": sink.bootstrap_servers}
    sure = {"acks": "all", "message.max.bytes": topics.MAX_MESSAGE_BYTES, "message.timeout.ms": 15_000}
    if not kafka.embedded or sink.bootstrap_servers:
        sure["enable.idempotence"] = True
    return KafkaTopic(sink.topic, conf | sink.options | sure)
