"""Receipts on the reader's side: a released record is believed only with the gate's public key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from maskgate.approvals.messages import receipts
from maskgate.approvals.messages.receipts import Receipt
from maskgate.base.errors import RecordError
from maskgate.base.records import Header
from maskgate.client.errors import ReceiptRefused
from maskgate.crypto import signing


class Message(Protocol):
    """A ``confluent_kafka.Message``, or what answers like one."""

    def topic(self) -> str | None: ...

    def key(self) -> bytes | None: ...

    def value(self) -> bytes | None: ...

    def headers(self) -> Sequence[Header] | None: ...


def check_receipt(message: Message, *gate_keys: bytes) -> Receipt:
    """The receipt of a record that was read, if the gate signed it for exactly these bytes; needs no network.

    Args:
        message: as it was read.
        gate_keys: raw public keys of the gate, the present one and earlier ones.

    Raises:
        ReceiptRefused: there is none, it is not the gate's, or it is of other bytes, another topic or no approval.
    """
    keys = {signing.key_id(public): public for public in gate_keys}
    try:
        return receipts.verify(keys, message.key(), message.value(), message.headers() or (), message.topic() or "?")
    except RecordError as error:
        raise ReceiptRefused(error.code, error.detail or error.code) from None
