"""Signed tree heads: how long the log was, its root, and when; kept outside the writer's reach, they show a rewrite.

A checkpoint is a DSSE envelope of the gate's key. ``note(...)`` gives the same as the three lines of a C2SP checkpoint
(https://c2sp.org/tlog-checkpoint) for people and witnesses.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from maskgate.base.errors import RecordError
from maskgate.crypto import canonical, signing
from maskgate.crypto.merkle import Frontier

PAYLOAD_TYPE = "application/vnd.maskgate.checkpoint.v1+json"
ORIGIN = "maskgate.approvals.log"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A verified tree head."""

    size: int
    root: str
    time: int
    key_id: str
    origin: str = ORIGIN


def sign(frontier: Frontier, signer: signing.Signer, now_ms: int) -> bytes:
    """The signed checkpoint of a tree."""
    tree = {
        "domain": "checkpoint.v1",
        "origin": ORIGIN,
        "size": frontier.size,
        "root": frontier.root().hex(),
        "time": now_ms,
    }
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), [signer])


def verify(raw: bytes, keys: Mapping[str, bytes]) -> Checkpoint:
    """The checkpoint, if one of these keys (id → raw public key) signed it.

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type``, ``bad_signature`` or ``malformed_checkpoint``.
    """
    envelope = signing.parse(raw)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise RecordError("wrong_type", "not a checkpoint")
    good = signing.verify(envelope, keys)
    if not good:
        raise RecordError("bad_signature", "no signature of a known gate key on the checkpoint")
    try:
        tree = canonical.loads(envelope.payload)
        if tree["domain"] != "checkpoint.v1" or tree["origin"] != ORIGIN or len(bytes.fromhex(tree["root"])) != 32:
            raise ValueError
        return Checkpoint(int(tree["size"]), str(tree["root"]), int(tree["time"]), good[0])
    except (KeyError, TypeError, ValueError):
        raise RecordError("malformed_checkpoint", "the signed payload is not a checkpoint") from None


def note(checkpoint: Checkpoint) -> str:
    """Origin, size and root in the lines of a C2SP checkpoint."""
    root = base64.b64encode(bytes.fromhex(checkpoint.root)).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"
