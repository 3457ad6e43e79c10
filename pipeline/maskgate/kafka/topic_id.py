"""What tells a topic from one that was created anew under its name."""

from __future__ import annotations

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

from maskgate.base.config import Settings
from maskgate.kafka import topics
from maskgate.kafka.client import failure, quiet


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
    return str(described.topic_id).replace("/", "_").replace("+", "-")  # as Kafka's own tools write it
