"""What tells a topic from one that was created anew under its name."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

from maskgate.base.config import Kafka, Settings
from maskgate.base.errors import WorldError
from maskgate.kafka import topics
from maskgate.kafka.client import FATAL, failure, quiet


def topic_id(settings: Settings, topic: str = topics.LINEAGE) -> str:
    """The broker's id of the topic: a topic created anew has another one, and its claims start at 0 again.

    The embedded broker has no such ids and forgets everything when it ends: there it is the id of the cluster.
    """
    admin = AdminClient(quiet(settings.kafka.client()))
    try:
        if settings.kafka.embedded:
            meta = admin.list_topics(timeout=10)
            port = next((node.port for node in meta.brokers.values()), 0)
            return f"embedded-{meta.cluster_id}-{port}"
        described = admin.describe_topics(TopicCollection([topic]), request_timeout=15)[topic].result()
    except KafkaException as error:
        raise failure(error, f"describe {topic}") from None
    return _spelled(described.topic_id)


def _spelled(topic_id: object) -> str:
    """As Kafka's own tools write it."""
    return str(topic_id).replace("/", "_").replace("+", "-")


class Incarnations:
    """Whether topics are still those whose ids are known: :meth:`ask` before the work, :meth:`confirm` before its end.

    The client carries a position over to a topic of the same name that was created anew, and would pass over all that
    lies before it. What was read before the question belongs to the known topic if the answer is still its id.
    The embedded broker knows no ids: there nothing is asked.
    """

    def __init__(self, kafka: Kafka, known: Mapping[str, str], patience_s: float = 30.0) -> None:
        self._known, self._patience_s = known, patience_s
        self._admin = None if kafka.embedded or not known else AdminClient(quiet(kafka.client()))
        self._asked: dict[str, Any] = {}
        self._at = time.monotonic()

    @property
    def silent_s(self) -> float:
        """Seconds since the last question."""
        return time.monotonic() - self._at

    def ask(self, names: Iterable[str]) -> None:
        """Send the question; the answer may take its time."""
        self._at = time.monotonic()
        wanted = sorted(set(names) & set(self._known))
        if self._admin is not None and wanted:
            self._asked = self._admin.describe_topics(TopicCollection(wanted), request_timeout=5)

    def confirm(self) -> None:
        """Wait for the answer.

        Raises:
            WorldError: another topic has the name now, or nobody answered; nothing of what was read may count.
        """
        until = time.monotonic() + self._patience_s
        while self._asked:
            names, asked = list(self._asked), self._asked
            self._asked = {}
            try:
                for name in names:
                    self._compare(name, _spelled(asked[name].result().topic_id))
            except KafkaException as error:
                if error.args[0].code() in FATAL or time.monotonic() > until:
                    raise failure(error, "describe the topics that are read") from None
                time.sleep(0.2)  # a broker that just came back may not know its topics yet
                self.ask(names)

    def _compare(self, name: str, found: str) -> None:
        if found != _spelled(self._known[name]):
            raise WorldError(f"{name} was created anew; it is read from its beginning")
