"""encrypt: AES-256-GCM under a data key that the masking key wraps; equal values give different results.

``mg1.<key id>-e.<base64url>`` holds the wrapped data key (60 bytes), a nonce (12 bytes) and the ciphertext.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maskgate.crypto.keyring import Key, Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.keyed import Mask
from maskgate.operators.numbers import keyed_number, quoted

MARK = "-e"
_AD = b"maskgate.encrypt.1"
_WRAPPED = 60
_USES = 1 << 20  # random nonces of 96 bits under one data key: far below the bound of 2^32


class _DataKey:
    """A data key for some values, and its wrapped form."""

    def __init__(self, kek: AESGCM) -> None:
        key, nonce = os.urandom(32), os.urandom(12)
        self.wrapped = nonce + kek.encrypt(nonce, key, _AD)
        self.cipher = AESGCM(key)
        self.left = _USES
        self.pid = os.getpid()


class Encrypt(Action):
    """Envelope encryption; a number becomes a string unless ``keep_type`` is set to true."""

    operator: Literal["encrypt"] = "encrypt"
    keep_type: bool = False
    strictness = 65
    parts = "each"
    reversible = True
    samples = (
        Sample({}, "SECRET", "sk_live_x", None, r"mg1\.[0-9a-f]{8}-e\.[A-Za-z0-9_-]+"),
        Sample({}, "PIN", "4111", None, r'"mg1\.[0-9a-f]{8}-e\.[A-Za-z0-9_-]+"', number=True),
    )

    def bind(self, entity: str, keys: Keyring) -> Mask:
        key = keys.key("mask", self.key)
        kek = AESGCM(key.derive("encrypt", 32))
        prefix, head = f"mg1.{key.id}{MARK}.", entity.encode() + b"\x1f"
        held: list[_DataKey] = []

        def mask(text: str, subject: str) -> str:
            if not held or not held[0].left or held[0].pid != os.getpid():
                held[:] = [_DataKey(kek)]
            data = held[0]
            data.left -= 1
            nonce = os.urandom(12)
            sealed = (
                data.wrapped + nonce + data.cipher.encrypt(nonce, head + text.encode("utf-8", "surrogatepass"), _AD)
            )
            return prefix + urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

        return mask

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        return keyed_number(self.secret(keys), entity) if self.keep_type else quoted(self.bind(entity, keys))


def open_envelope(sealed: bytes, key: Key) -> bytes:
    """The plaintext of an envelope's bytes.

    Raises:
        ValueError: it is cut or was changed.
    """
    wrapped, rest = sealed[:_WRAPPED], sealed[_WRAPPED:]
    try:
        data_key = AESGCM(key.derive("encrypt", 32)).decrypt(wrapped[:12], wrapped[12:], _AD)
        return AESGCM(data_key).decrypt(rest[:12], rest[12:], _AD)
    except InvalidTag:
        raise ValueError("changed") from None
