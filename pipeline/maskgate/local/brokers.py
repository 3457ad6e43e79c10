"""Brokers to run on, and what to ask of them: one import for the demo, the tests and the commands."""

from __future__ import annotations

from maskgate.kafka.admin import (
    check_topics,
    end_offsets,
    ensure_topics,
    max_message_bytes,
    plain_reader,
    reachable,
    read_to_end,
)
from maskgate.local.embedded import Embedded, start_embedded
from maskgate.local.kafka_local import LocalKafka, start_kafka

Running = Embedded | LocalKafka
"""What both have: ``bootstrap``, ``kafka`` (settings of a client) and ``stop()``."""

__all__ = [
    "Embedded",
    "LocalKafka",
    "Running",
    "check_topics",
    "end_offsets",
    "ensure_topics",
    "max_message_bytes",
    "plain_reader",
    "reachable",
    "read_to_end",
    "start_embedded",
    "start_kafka",
]
