"""Keys in a token of a hardware module: Ed25519 keys that sign there, and AES keys that wrap our secrets.

The identity of a signer is pinned by the public half that stands beside, as in :mod:`maskgate.crypto.vault_signer`,
and every signature is verified before it is used. What may be read out of the token is made by nobody here.
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError, KeyringError, WorldError
from maskgate.crypto import hsm, signing
from maskgate.crypto.hsm import Place

_ED25519 = bytes.fromhex("06032b6570")  # the DER of the OID 1.3.101.112
_AAD = b"maskgate.keyring"
_PROBE = b"maskgate: which key is it?"


@dataclass(frozen=True, slots=True)
class HsmSigner:
    """An Ed25519 key of a token."""

    place: Place
    public: bytes

    @property
    def key_id(self) -> str:
        return signing.key_id(self.public)

    @classmethod
    def pinned(cls, uri: str, public_file: Path) -> HsmSigner:
        """The key of the token whose public half stands in ``public_file``.

        Raises:
            ConfigurationError: the token has no such key, or none with this public half. WorldError: it failed.
        """
        signer = cls(Place.parse(uri), signing.load_public(public_file))
        if hsm.use(signer.place, lambda session: _signed(session, signer, _PROBE)) is None:
            raise ConfigurationError(f"{signer.place}: it is not there, or has not the public half {public_file}")
        return signer

    @classmethod
    def create(cls, uri: str, label: str, public_file: Path) -> HsmSigner:
        """A new key in the token; its public half is written to ``public_file``.

        Raises:
            ConfigurationError: there is one already, here or there. WorldError: the token failed.
        """
        place = Place.parse(uri, label)
        if public_file.exists():
            raise ConfigurationError(f"{public_file}: there is a key already; move it away to make a new one")
        public = hsm.use(place, lambda session: _generated(session, place))
        filemodes.write_public(public_file, signing.public_pem(public).encode())
        return cls(place, public)

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature of the data.

        Raises:
            WorldError: the token does not answer, refuses, or signed with another key.
        """
        signature = hsm.use(self.place, lambda session: _signed(session, self, data))
        if signature is None:
            raise WorldError(f"{self.place}: the signature is not one of this key")
        return signature


class HsmKms:
    """Wraps by an AES key of a token (AES-GCM); the key is made where there is none."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def wrap(self, secret: bytes) -> str:
        nonce = os.urandom(12)
        data = hsm.use(self._place, lambda s: _aes(s, self._place, make=True).encrypt(secret, **_gcm(nonce)))
        return base64.b64encode(nonce + data).decode()

    def unwrap(self, wrapped: str) -> bytes:
        try:
            data = base64.b64decode(wrapped, validate=True)
        except (binascii.Error, ValueError):
            raise KeyringError(f"{self._place}: what it should open is not base64") from None
        return hsm.use(self._place, lambda session: self._opened(session, data))

    def _opened(self, session: Any, data: bytes) -> bytes:
        from pkcs11 import exceptions as wrong

        try:
            return bytes(_aes(session, self._place, make=False).decrypt(data[12:], **_gcm(data[:12])))
        except (wrong.EncryptedDataInvalid, wrong.EncryptedDataLenRange, wrong.MechanismParamInvalid):
            raise KeyringError(f"{self._place}: this key does not open the keyring") from None

    def describe(self) -> dict[str, str]:
        return {"kind": "pkcs11", "uri": self._place.uri()}


def _gcm(nonce: bytes) -> dict[str, Any]:
    from pkcs11 import Mechanism
    from pkcs11.mechanisms import GCMParams

    return {"mechanism": Mechanism.AES_GCM, "mechanism_param": GCMParams(nonce, _AAD, 128)}


def _aes(session: Any, place: Place, make: bool) -> Any:
    from pkcs11 import Attribute, KeyType, ObjectClass

    found = list(
        session.get_objects(
            {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.KEY_TYPE: KeyType.AES, Attribute.LABEL: place.label}
        )
    )
    if len(found) > 1:
        raise ConfigurationError(f"{place}: there are {len(found)} AES keys of this label; name one that is alone")
    if found:
        return found[0]
    if not make:
        raise KeyringError(f"{place}: it is not there")
    closed = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True}
    return session.generate_key(KeyType.AES, 256, label=place.label, store=True, template=closed)


def _privates(session: Any, place: Place) -> list[Any]:
    from pkcs11 import Attribute, ObjectClass

    return list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: place.label}))


def _signed(session: Any, signer: HsmSigner, data: bytes) -> bytes | None:
    """The signature by the key of this label that has the public half; None where none has."""
    from pkcs11 import KeyType, Mechanism

    for key in _privates(session, signer.place):
        if key.key_type is not KeyType.EC_EDWARDS:
            continue
        signature = bytes(key.sign(data, mechanism=Mechanism.EDDSA))
        try:
            Ed25519PublicKey.from_public_bytes(signer.public).verify(signature, data)
        except (InvalidSignature, ValueError):
            continue
        return signature
    return None


def _generated(session: Any, place: Place) -> bytes:
    """The public half of a new key that cannot be read out of the token."""
    from pkcs11 import Attribute, KeyType, Mechanism

    if _privates(session, place):
        raise ConfigurationError(f"{place}: there is a key already; choose another object")
    curve = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _ED25519}, local=True)
    public, _ = curve.generate_keypair(
        mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
        label=place.label,
        store=True,
        private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True},
    )
    point: bytes = public[Attribute.EC_POINT]
    return point[-32:]  # some modules wrap it in an OCTET STRING
