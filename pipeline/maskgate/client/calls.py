"""Signed calls: how a program proves to the API who it is, without a secret that travels."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time

from maskgate.crypto import canonical, signing

CALL_TYPE = "application/vnd.maskgate.call.v1+json"
SIGN_IN_TYPE = "application/vnd.maskgate.signin.v1+json"


def authorization(
    signer: signing.Signer, host: str, method: str, path: str, body: bytes, now_ms: int | None = None
) -> str:
    """The value of the ``Authorization`` header for one call; ``path`` includes the query.

    ``host`` is the name of the console that the caller means: another one that gets the call cannot pass it on.
    """
    payload = canonical.dumps(
        {
            "domain": "call.v1",
            "host": host,
            "method": method,
            "path": path,
            "body_sha256": hashlib.sha256(body).hexdigest(),
            "iat": time.time_ns() // 1_000_000 if now_ms is None else now_ms,
            "nonce": secrets.token_hex(16),
        }
    )
    return "Maskgate " + base64.b64encode(signing.seal(CALL_TYPE, payload, [signer])).decode()
