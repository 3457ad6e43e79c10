"""Produce and consume for people at a terminal, with the habits of kcat."""

from __future__ import annotations

import base64
import itertools
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from maskgate.base.config import Kafka
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.base.records import Header
from maskgate.kafka import admin
from maskgate.kafka.client import failure, produce, quiet, tell
from maskgate.kafka.errors import Unrecoverable, no_such_topic
from maskgate.kafka.session import EMBEDDED_PARTITION_BYTES
from maskgate.kafka.topics import MAX_MESSAGE_BYTES


@dataclass(frozen=True, slots=True)
class Shape:
    """How a line becomes a record."""

    key: bytes | None = None
    key_delimiter: bytes | None = None
    headers: tuple[Header, ...] = ()
    empty_is_null: bool = False
    as_json: bool = False


def _record(text: bytes, shape: Shape) -> tuple[bytes | None, bytes | None, tuple[Header, ...]]:
    """(key, value, headers) of a line."""
    if shape.as_json:
        line = from_json(text)
        return line.key, line.value, line.headers + shape.headers
    key, value = shape.key, text
    if shape.key_delimiter is not None and shape.key_delimiter in text:
        key, _, value = text.partition(shape.key_delimiter)
    return key, None if shape.empty_is_null and not value else value, shape.headers


@dataclass(frozen=True, slots=True)
class Line:
    """A record as ``consume -J`` prints it; without coordinates where somebody wrote it for ``produce -J``."""

    topic: str
    place: str
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]


def from_json(text: bytes) -> Line:
    """The record of a line.

    Raises:
        ConfigurationError: it is not one.
    """
    try:
        tree = orjson.loads(text)
        topic = str(tree.get("topic", ""))
        headers = tuple((str(name), _bytes(value)) for name, value in tree.get("headers") or ())
        place = f"{topic}/{tree.get('partition', '?')}/{tree.get('offset', '?')}"
        return Line(topic, place, _bytes(tree.get("key")), _bytes(tree.get("value")), headers)
    except (ValueError, AttributeError, TypeError):
        raise ConfigurationError("a line is not JSON with key, headers and value; see `maskgate consume -J`") from None


def _bytes(value: Any) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, dict) and set(value) == {"base64"}:
        return base64.b64decode(value["base64"], validate=True)
    return value.encode() if isinstance(value, str) else bytes(orjson.dumps(value))


def produce_lines(kafka: Kafka, topic: str, lines: Iterable[bytes], shape: Shape, partition: int | None = None) -> int:
    """Write each line as a record; see :func:`produce_records`."""
    return produce_records(kafka, topic, (_record(text, shape) for text in lines), partition)


def produce_records(
    kafka: Kafka,
    topic: str,
    records: Iterable[tuple[bytes | None, bytes | None, tuple[Header, ...]]],
    partition: int | None = None,
) -> int:
    """Write each (key, value, headers) and wait until the broker has them all; how many there were.

    Raises:
        WorldError: the topic is not there, or the broker did not take a record.
    """
    problem: dict[str, KafkaError] = {}
    failed: list[KafkaError] = []
    have = admin.reachable(kafka)
    if topic not in have and not kafka.embedded:
        raise no_such_topic(topic, have)
    conf = {"error_cb": tell(problem), "message.max.bytes": MAX_MESSAGE_BYTES, "linger.ms": 5}
    if not kafka.embedded:
        conf["enable.idempotence"] = True
    producer = Producer(quiet(conf | kafka.client()))

    def delivered(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failed.append(error)

    count = size = 0
    for key, value, headers in records:
        size += len(value or b"") + len(key or b"") + 128
        if kafka.embedded and size > EMBEDDED_PARTITION_BYTES * (1 if partition is not None else 3):
            raise Unrecoverable("the embedded broker keeps about 5 MB a partition; use a real broker for more")
        args: dict[str, Any] = {"value": value, "key": key, "on_delivery": delivered}
        if headers:
            args["headers"] = list(headers)
        if partition is not None:
            args["partition"] = partition
        try:
            produce(producer, topic, **args)
        except KafkaException as error:
            raise failure(error, f"write to {topic}") from None
        producer.poll(0)
        if failed:
            break
        count += 1
    left = producer.flush(60)
    if failed or "last" in problem:
        raise failure((failed or [problem["last"]])[0], f"write to {topic}")
    if left:
        raise WorldError(f"{left} records were not taken by the broker in 60 s")
    return count


Offset = int | str
"""``beginning``, ``end``, ``@MS`` (time), ≥ 0 absolute, < 0 from the end."""


def parse_offset(text: str) -> Offset:
    """The offset of ``-o``.

    Raises:
        ConfigurationError: none of the forms.
    """
    if text in ("beginning", "end"):
        return text
    if match := re.fullmatch(r"s@(\d+)", text):
        return f"@{match[1]}"
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    raise ConfigurationError(f"-o {text}: write beginning, end, a number, -N or s@MILLISECONDS")


@dataclass(frozen=True, slots=True)
class Where:
    """What to read and when to stop."""

    topics: tuple[str, ...]
    partition: int | None = None
    offset: Offset = "beginning"
    count: int | None = None
    exit_at_end: bool = False
    committed: bool = True


def consume(kafka: Kafka, where: Where) -> Iterator[Message]:
    """Records from the asked place on; with ``exit_at_end`` up to the end at the time of the call."""
    admin.reachable(kafka)
    ends = admin.end_offsets(kafka, where.topics)
    if where.partition is not None:
        ends = {at: end for at, end in ends.items() if at[1] == where.partition}
        if not ends:
            raise Unrecoverable(f"{', '.join(where.topics)}: no partition {where.partition}")
    consumer = admin.plain_reader(kafka, where.topics, committed=where.committed, tell_ends=True)
    try:
        start = _starts(consumer, ends, where.offset)
        consumer.assign([TopicPartition(t, p, o) for (t, p), o in start.items()])
        to_come = {at: end for at, end in ends.items() if start[at] < end}
        found = admin.until(consumer, to_come) if where.exit_at_end else _forever(consumer)
        yield from itertools.islice(found, where.count)
    finally:
        consumer.close()


def _forever(consumer: Consumer) -> Iterator[Message]:
    while True:
        for message in consumer.consume(500, 0.1):
            error = message.error()
            if error is None:
                yield message
            elif error.code() != KafkaError._PARTITION_EOF and not error.retriable():
                raise failure(error, f"read {message.topic()}")


def _starts(consumer: Consumer, ends: dict[tuple[str, int], int], offset: Offset) -> dict[tuple[str, int], int]:
    if offset == "end":
        return dict(ends)
    if offset == "beginning":
        return dict.fromkeys(ends, OFFSET_BEGINNING)
    if isinstance(offset, str):
        asked = [TopicPartition(t, p, int(offset[1:])) for t, p in ends]
        found = consumer.offsets_for_times(asked, timeout=15)
        return {(f.topic, f.partition): f.offset if f.offset >= 0 else ends[(f.topic, f.partition)] for f in found}
    return {at: offset if offset >= 0 else max(0, end + offset) for at, end in ends.items()}


def line(message: Message, as_json: bool, key_delimiter: bytes | None = None) -> bytes:
    """A record as a line of output."""
    m: Any = message
    if not as_json:
        head = (m.key() or b"") + key_delimiter if key_delimiter is not None else b""
        return bytes(head + (m.value() or b"") + b"\n")
    tree = {
        "topic": m.topic(),
        "partition": m.partition(),
        "offset": m.offset(),
        "ts": m.timestamp()[1],
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(m.timestamp()[1] / 1000)),
        "headers": [[name, _text(value)] for name, value in m.headers() or ()],
        "key": _text(m.key()),
        "value": _text(m.value()),
    }
    return orjson.dumps(tree) + b"\n"


def _text(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}
