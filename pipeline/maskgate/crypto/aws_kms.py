"""Keys that a key of AWS KMS wraps (extra ``aws``).

Wrapping, not signing: KMS signs at most 4,096 bytes with Ed25519, and a held record is often longer. Region and
credentials come from where every program of AWS takes them: the ARN, the environment, a profile, the host's role.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from maskgate.base import extras
from maskgate.base.errors import ConfigurationError, KeyringError, WorldError

_CONTEXT = {"maskgate": "key"}
_WRONG = frozenset(
    {"InvalidCiphertextException", "IncorrectKeyException", "NotFoundException", "InvalidKeyUsageException"}
)


class AwsKms:
    """Wraps by a symmetric key of AWS KMS: an ARN, an id, or ``alias/NAME``."""

    def __init__(self, key: str) -> None:
        if not key:
            raise ConfigurationError("kms aws needs a key: an ARN, an id, or alias/NAME")
        self._key = key

    def wrap(self, secret: bytes) -> str:
        answer = self._call("encrypt", Plaintext=secret)
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def unwrap(self, wrapped: str) -> bytes:
        try:
            blob = base64.b64decode(wrapped, validate=True)
        except (binascii.Error, ValueError):
            raise KeyringError(f"AWS KMS key {self._key}: what it should open is not base64") from None
        return bytes(self._call("decrypt", CiphertextBlob=blob)["Plaintext"])

    def describe(self) -> dict[str, str]:
        return {"kind": "aws", "key": self._key}

    def _call(self, what: str, **arguments: Any) -> dict[str, Any]:
        """One call by a client of its own: they are rare, and a process that was forked shares no connection.

        Raises:
            ConfigurationError: no region or credentials. KeyringError: another key wrapped it. WorldError: no answer.
        """
        extras.need("aws")
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

        patient = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 3, "mode": "standard"})
        try:
            client = boto3.Session().client("kms", region_name=_region(self._key), config=patient)
            answer: dict[str, Any] = getattr(client, what)(KeyId=self._key, EncryptionContext=_CONTEXT, **arguments)
        except (NoCredentialsError, NoRegionError) as error:
            name = "credentials" if isinstance(error, NoCredentialsError) else "a region (AWS_REGION, or a key's ARN)"
            raise ConfigurationError(f"AWS KMS key {self._key}: this process has no {name}") from None
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "")) or "an error"
            kind = KeyringError if code in _WRONG else WorldError
            raise kind(f"AWS KMS key {self._key}: the key service refused to {what}: {code}") from None
        except BotoCoreError as error:
            raise WorldError(f"AWS KMS key {self._key}: no answer to {what}: {type(error).__name__}") from None
        return answer


def _region(key: str) -> str | None:
    """The region of an ARN; None leaves it to the environment."""
    parts = key.split(":")
    return parts[3] if len(parts) > 5 and parts[0] == "arn" else None
