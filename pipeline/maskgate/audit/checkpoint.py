"""Signed tree heads: how long the log was, its root, and when; kept outside the writer's reach, they show a rewrite.

A checkpoint is a DSSE envelope of the gate's key. ``note(...)`` gives the same as the three lines of a C2SP checkpoint
(https://c2sp.org/tlog-checkpoint) for people and witnesses.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.crypto import canonical, signing
from maskgate.crypto.merkle import Frontier

PAYLOAD_TYPE = "application/vnd.maskgate.checkpoint.v1+json"
ORIGIN = "maskgate.approvals.log"
_LEAF_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A verified tree head."""

    size: int
    root: str
    time: int
    key_id: str
    origin: str = ORIGIN
    lineage: tuple[int, str] | None = None
    """Number and hash of the last line of the lineage manifest at that time, where the gate could read it."""
    leaves: tuple[str, ...] = ()
    """Beginnings of the hashes of the last entries, so that a changed entry can be named, not only noticed."""


def sign(
    frontier: Frontier, signer: signing.Signer, now_ms: int, lineage: tuple[int, str] | None = None, since: int = 0
) -> bytes:
    """The signed checkpoint of a tree, and of the lineage manifest up to a line.

    ``since`` is the size of the checkpoint before: the entries after it are named one by one, up to the last
    ``merkle.RECENT`` of them.
    """
    tree: dict[str, Any] = {
        "domain": "checkpoint.v1",
        "origin": ORIGIN,
        "size": frontier.size,
        "root": frontier.root().hex(),
        "time": now_ms,
    }
    fresh = list(frontier.recent)[since - frontier.size :] if frontier.size > since else []
    if fresh:
        tree["leaves"] = [leaf.hex()[:_LEAF_DIGITS] for leaf in fresh]
    if lineage:
        tree["lineage"] = {"entries": lineage[0], "head": lineage[1]}
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
        lineage = tree.get("lineage")
        head = (int(lineage["entries"]), str(lineage["head"])) if lineage else None
        leaves = tuple(map(str, tree.get("leaves", ())))
        if len(leaves) > int(tree["size"]) or signing.wrap(PAYLOAD_TYPE, envelope.payload, envelope.signatures) != raw:
            raise ValueError  # one spelling: no byte of the line is outside the signature
        return Checkpoint(int(tree["size"]), str(tree["root"]), int(tree["time"]), good[0], ORIGIN, head, leaves)
    except (KeyError, TypeError, ValueError):
        raise RecordError("malformed_checkpoint", "the signed payload is not a checkpoint") from None


def lineage_heads(files: Iterable[Path], keys: Mapping[str, bytes], since_ms: int = 0) -> list[tuple[int, str]]:
    """What verified checkpoints from a time on say of the lineage manifest, each line once, in order.

    Raises:
        ConfigurationError: a line is not a checkpoint that one of these keys signed, or two of them saw two folders:
            another line of one number, or a manifest that is shorter than it was.
    """
    found: dict[int, str] = {}
    for path in files:
        longest = 0
        for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
            if not line:
                continue
            try:
                seen = verify(line, keys)
            except RecordError as error:
                raise ConfigurationError(
                    f"{path}: line {number} is not a checkpoint of a known gate key ({error.code}); give --gate-key"
                ) from None
            head = seen.lineage if seen.time >= since_ms else None
            if head is None:
                continue
            if found.setdefault(*head) != head[1] or head[0] < longest:
                at = datetime.fromtimestamp(seen.time / 1000, UTC).isoformat(timespec="seconds")
                raise ConfigurationError(
                    f"{path}: the checkpoint of line {number} contradicts an earlier one: before {at} the lineage "
                    f"folder was lost, cut or replaced; what is there since is proven by --since {at}"
                )
            longest = head[0]
    return sorted(found.items())


def note(checkpoint: Checkpoint) -> str:
    """Origin, size and root in the lines of a C2SP checkpoint."""
    root = base64.b64encode(bytes.fromhex(checkpoint.root)).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"
