"""A dead letter: where the record is and why it could not be handled, never what it says.

The headers are those of Kafka Connect, so that tools for its dead letter queues read ours; the fields that would quote
the record there (message, stack trace) hold our code and position only.
"""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256

import orjson
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from maskgate.base.records import Header, Quarantined, Record
from maskgate.crypto import sealing
from maskgate.kafka.session import Out
from maskgate.kafka.topics import dead_letters

_CLASS = "maskgate.base.errors.RecordError"
_ERRORS = "__connect.errors."


def build(
    record: Record,
    why: Quarantined,
    *,
    mac_key: bytes,
    policy_version: str,
    partition: int,
    seal_to: X25519PublicKey | None = None,
) -> Out:
    """The dead letter of a record for partition ``partition`` of its dead letter topic.

    ``seal_to`` (opt-in) adds the body sealed to the gate's key: only its holder can read it.
    """
    tree = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp_ms": record.timestamp_ms,
        "code": why.code,
        "detail": why.detail,
        "length": None if record.value is None else len(record.value),
        "hmac_sha256": mac(mac_key, record.value),
        "policy_version": policy_version,
    }
    if seal_to is not None and record.value is not None:
        tree["sealed"] = base64.b64encode(sealing.seal(record.value, seal_to, coordinates(record))).decode()
    return Out(dead_letters(record.topic), orjson.dumps(tree), None, _headers(record, why), partition)


def coordinates(record: Record) -> str:
    """``topic/partition/offset``."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def mac(key: bytes, value: bytes | None) -> str:
    """Keyed digest of a body: two dead letters of one body can be matched, its content cannot be guessed."""
    return "" if value is None else hmac.new(key, b"dead-letter.v1\0" + value, sha256).hexdigest()


def _headers(record: Record, why: Quarantined) -> tuple[Header, ...]:
    said = f"{why.code}: {why.detail}" if why.detail else why.code
    values = {
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "connector.name": "maskgate",
        "task.id": "mask",
        "stage": "TRANSFORMATION",
        "class.name": "maskgate.masking.masker",
        "exception.class.name": _CLASS,
        "exception.message": said,
        "exception.stacktrace": "(redacted)",
    }
    return tuple((_ERRORS + name, text.encode()) for name, text in values.items())
