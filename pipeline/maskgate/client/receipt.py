"""Receipts on the reader's side: a released record is believed only with the gate's public key."""

from __future__ import annotations

from typing import Any

from maskgate.approvals.messages import receipts
from maskgate.approvals.messages.receipts import Receipt
from maskgate.base.errors import RecordError
from maskgate.client.errors import ReceiptRefused
from maskgate.crypto import signing


def check_receipt(message: Any, *gate_keys: bytes) -> Receipt:
    """The receipt of a record that was read, if the gate signed it for exactly these bytes; needs no network.

    Args:
        message: a ``confluent_kafka.Message``, or what has its ``topic()``, ``key()``, ``value()`` and ``headers()``.
        gate_keys: raw public keys of the gate, the present one and earlier ones.

    Raises:
        ReceiptRefused: there is none, it is not the gate's, or it is of other bytes, another topic or no approval.
    """
    keys = {signing.key_id(public): public for public in gate_keys}
    try:
        return receipts.verify(keys, message.key(), message.value(), message.headers() or (), message.topic())
    except RecordError as error:
        raise ReceiptRefused(error.code, error.detail or error.code) from None
