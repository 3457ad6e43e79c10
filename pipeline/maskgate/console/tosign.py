"""What a browser needs to sign some bytes."""

from __future__ import annotations

import base64
from typing import Any

from maskgate.console import passkey
from maskgate.console.context import Context


def to_sign(
    context: Context, payload_type: str, payload: bytes, person_id: str = "", any_passkey: bool = False
) -> dict[str, Any]:
    """What the browser needs to sign these bytes with a key of its own or a security key."""
    has = passkey.key_ids(context.registry.people, person_id) if person_id or any_passkey else []
    return {
        "payload": base64.b64encode(payload).decode(),
        "payload_type": payload_type,
        "challenge": passkey.challenge_of(payload_type, payload),
        "rp_id": context.settings.console.rp_id,
        "passkey": bool(has),
    }
