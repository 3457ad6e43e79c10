"""faust's Kafka driver, made to read committed data only.

The driver asks for ``read_committed`` only inside its own exactly-once mode. Without this, an aborted request would
be told to people; a test on a real broker proves that it is not.
"""

from __future__ import annotations

from typing import Any

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport

_ATTRIBUTE = "_isolation_level"
READ_COMMITTED = "read_committed"


class CommittedThread(AIOKafkaConsumerThread):
    """Creates its consumer with ``isolation_level="read_committed"``."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        if not hasattr(consumer, _ATTRIBUTE):  # another version of the driver: rather no watch than a wrong one
            raise RuntimeError(
                "this version of aiokafka hides its isolation level; maskgate's watch does not start with it"
            )
        setattr(consumer, _ATTRIBUTE, READ_COMMITTED)
        return consumer


class CommittedConsumer(Consumer):
    """A faust consumer on a :class:`CommittedThread`."""

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)


class CommittedTransport(Transport):
    """The transport of the watch."""

    Consumer = CommittedConsumer
