"""What every client of the broker shares: what an error means, quiet settings, and a patient ``produce``."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from maskgate.base.errors import WorldError
from maskgate.kafka.errors import CredentialsRefused, Unrecoverable

FATAL = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    KafkaError.SASL_AUTHENTICATION_FAILED,
    KafkaError._AUTHENTICATION,
    KafkaError.UNSUPPORTED_SASL_MECHANISM,
}
_AWAY = {KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT, KafkaError._RESOLVE}
UNKNOWN = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION}
_CREDENTIALS = {
    KafkaError._AUTHENTICATION,
    KafkaError.SASL_AUTHENTICATION_FAILED,
    KafkaError.UNSUPPORTED_SASL_MECHANISM,
}
_UNKNOWN_PATIENCE_S = 5.0  # half of a transaction's time


def failure(error: KafkaError | KafkaException, doing: str) -> WorldError:
    """The error to raise for a Kafka error: one that a restart can cure, or one for a person."""
    inner = error.args[0] if isinstance(error, KafkaException) else error
    if inner.code() in _CREDENTIALS:
        return CredentialsRefused(
            f"{doing}: the broker refused the credentials ({inner.name()}); check kafka.sasl_* and oauth_*"
        )
    if inner.code() in FATAL:
        return Unrecoverable(
            f"{doing}: {inner.name()}: {inner.str()}; create the topics and rights with `maskgate topics create`"
        )
    if inner.code() in UNKNOWN:  # a broker that just came back knows nothing yet: only time tells
        return WorldError(
            f"{doing}: {inner.name()}: {inner.str()}; a broker that starts may not know it yet, "
            "else create it with `maskgate topics create`"
        )
    cure = "; check kafka.bootstrap_servers and that the broker runs" if inner.code() in _AWAY else ""
    return WorldError(f"{doing}: {inner.name()}: {inner.str()}{cure}")


def tell(problem: dict[str, KafkaError]) -> Callable[[KafkaError], None]:
    """An ``error_cb`` that keeps the last refusal of rights or credentials for the next call to raise."""

    def callback(error: KafkaError) -> None:
        if error.code() in FATAL or error.fatal():
            problem["last"] = error

    return callback


def quiet(conf: dict[str, Any]) -> dict[str, Any]:
    """Settings that keep librdkafka from writing its own lines to stderr."""
    return conf | {"log_level": 2}


def produce(producer: Producer, *args: Any, patience_s: float = 30.0, **more: Any) -> None:
    """Hand one record to the producer (arguments of its ``produce``), waiting while its queue is full.

    A place that the client does not know is asked for again for a while: nothing was queued yet, and a broker that
    restarts tells about its topics before it knows their partitions.
    """
    until = time.monotonic() + patience_s
    unknown_until = time.monotonic() + min(patience_s, _UNKNOWN_PATIENCE_S)
    while True:
        try:
            producer.produce(*args, **more)
            return
        except BufferError:
            if time.monotonic() > until:
                raise WorldError(f"{args[0]}: the broker takes no records") from None
            producer.poll(0.05)
        except KafkaException as error:
            if error.args[0].code() not in UNKNOWN or time.monotonic() > unknown_until:
                raise
            _ask_about(producer, args[0])


def _ask_about(producer: Producer, topic: str) -> None:
    with contextlib.suppress(KafkaException):  # no answer: the caller's patience ends it
        producer.list_topics(topic, timeout=1)
    time.sleep(0.1)
