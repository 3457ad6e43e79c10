"""tokenize: a token that the same key opens again, with authorisation.

``mg1.<key id>.<base64url>`` holds AES-SIV (RFC 5297) of the entity and the text: deterministic, so that equal values
join across topics, and authenticated, so that a changed token does not open. Tokens are never detected again.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from maskgate.base.errors import RecordError
from maskgate.crypto.keyring import Key, Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.encrypt import MARK, open_envelope
from maskgate.operators.keyed import Mask
from maskgate.operators.numbers import keyed_number, quoted

TOKEN = re.compile(r"mg1\.([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{22,})")
_AD = [b"maskgate.token.1"]
_FILL = b"\xff"  # no byte of UTF-8
_TIE = b"\x1e"  # between the entity and what ties the token of a part to its whole value


class Opened(NamedTuple):
    """What a token held."""

    entity: str
    text: str


@lru_cache(maxsize=64)
def _cipher(key: Key) -> AESSIV:
    return AESSIV(key.derive("token", 64))


def _filled(plain: bytes, pad: int) -> bytes:
    """The text with its length rounded up: AES-SIV shows the length, and a length can tell who it is."""
    return plain + _FILL * (-len(plain) % pad) if pad else plain


class Tokenize(Action):
    """A reversible, deterministic token; a number becomes a token string unless ``keep_type`` is set to true."""

    operator: Literal["tokenize"] = "tokenize"
    keep_type: bool = False
    strictness = 60
    parts = "tied"
    reversible = True
    samples = (
        Sample({}, "EMAIL_ADDRESS", "jane@example.com", None, r"mg1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+"),
        Sample({}, "CREDIT_CARD", "4111", None, r'"mg1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+"', number=True),
        Sample({"keep_type": True}, "CREDIT_CARD", "4111", None, r"[1-9][0-9]{3}", number=True),
    )

    def bind(self, entity: str, keys: Keyring) -> Mask:
        key = keys.key("mask", self.key)
        encrypt, pad = _cipher(key).encrypt, key.pad
        prefix, head = f"mg1.{key.id}.", entity.encode() + b"\x1f"

        def mask(text: str, subject: str) -> str:
            sealed = encrypt(_filled(head + text.encode("utf-8", "surrogatepass"), pad), _AD)
            return prefix + urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

        return mask

    def bind_part(self, entity: str, keys: Keyring) -> Mask:
        key = keys.key("mask", self.key)
        encrypt, secret, pad = _cipher(key).encrypt, key.derive("token-part", 32), key.pad
        prefix, head = f"mg1.{key.id}.", entity.encode() + _TIE

        def mask(text: str, whole: str) -> str:
            tie = blake2b(whole.encode("utf-8", "surrogatepass"), key=secret, digest_size=8).hexdigest().encode()
            sealed = encrypt(_filled(head + tie + b"\x1f" + text.encode("utf-8", "surrogatepass"), pad), _AD)
            return prefix + urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

        return mask

    def bind_number(self, entity: str, keys: Keyring) -> Mask:
        return keyed_number(self.secret(keys), entity) if self.keep_type else quoted(self.bind(entity, keys))


def open_token(token: str, keys: Keyring) -> Opened:
    """What the token held.

    Raises:
        RecordError: not a token, or it was changed (``bad_token``).
        KeyringError: its key is unknown here or retired.
    """
    match = TOKEN.fullmatch(token)
    if match is None:
        raise RecordError("bad_token", "not a token of the form mg1.<key id>.<data>")
    key_id, mark, _ = match[1].partition(MARK)
    key = keys.opening(key_id)
    try:
        data = match[2].encode()
        sealed = urlsafe_b64decode(data + b"=" * (-len(data) % 4))
        if urlsafe_b64encode(sealed).rstrip(b"=") != data:  # one spelling only: a permit names exact tokens
            raise ValueError
        plain = open_envelope(sealed, key) if mark else _cipher(key).decrypt(sealed, _AD)
        entity, _, text = plain.partition(b"\x1f")
        entity = entity.partition(_TIE)[0]
    except (InvalidTag, ValueError):
        raise RecordError("bad_token", f"a token of key {key_id} was changed or cut") from None
    return Opened(entity.decode(), text.rstrip(_FILL).decode("utf-8", "surrogatepass"))
