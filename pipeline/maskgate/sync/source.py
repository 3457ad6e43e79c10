"""The log on a broker, as one sink reads it: committed entries only, at the sink's own pace."""

from __future__ import annotations

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from maskgate.base.config import Kafka
from maskgate.kafka import admin, topics
from maskgate.kafka.client import failure
from maskgate.kafka.session import place
from maskgate.sync.entry import Entry

_TIMEOUT_S = 15.0


class LogReader:
    """A consumer of its own, without a group: nothing is committed on the broker, the gate knows nothing of it.

    It reads nothing before it is told where (:meth:`seek`), once.
    """

    def __init__(self, kafka: Kafka, topic: str = topics.LOG) -> None:
        self._at = (topic, 0)
        self._consumer = admin.plain_reader(kafka, [], tell_ends=True)  # fetched ahead it would come late
        self.at_end = False

    def seek(self, offset: int) -> None:
        """Go on from there."""
        self.at_end = False
        self._consumer.assign([TopicPartition(*self._at, offset)])

    def read(self, max_entries: int, max_wait_s: float) -> list[Entry]:
        """The next committed entries.

        Raises:
            WorldError: the broker does not give them.
        """
        found = []
        for message in self._consumer.consume(max_entries, max_wait_s):
            error = message.error()
            if error is None:
                _, offset = place(message)
                self.at_end = False
                found.append(Entry(offset, message.timestamp()[1], message.value() or b""))
            elif error.code() == KafkaError._PARTITION_EOF:
                self.at_end = True
            elif not error.retriable():
                raise failure(error, f"read {self._at[0]}")
        return found

    def bounds(self) -> tuple[int, int]:
        """First offset and the one behind the last committed.

        Raises:
            WorldError: the broker does not say.
        """
        try:
            low, high = self._consumer.get_watermark_offsets(TopicPartition(*self._at), timeout=_TIMEOUT_S)
        except KafkaException as error:
            raise failure(error, f"ask for the end of {self._at[0]}") from None
        return low, high

    def close(self) -> None:
        """Let the broker go."""
        self._consumer.close()
