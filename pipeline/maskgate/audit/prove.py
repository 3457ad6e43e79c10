"""Proofs for somebody who has a checkpoint and not the log: this entry is in it; that log continues this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maskgate.audit.checkpoint import Checkpoint
from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.crypto import canonical, merkle

_DOMAIN = "log-proof.v1"
_FIELDS = {"domain", "entry", "size", "raw", "inclusion", "continues"}
_OLDER = {"size", "proof"}


def prove(log: Sequence[bytes], entry: int, size: int | None = None, since: int | None = None) -> dict[str, Any]:
    """The proof that an entry (from 1) is in the tree over ``size`` entries, and that this continues ``since``.

    Raises:
        ConfigurationError: there is no such entry or size.
    """
    size = len(log) if size is None else size
    if not 1 <= entry <= size <= len(log) or (since is not None and not 1 <= since <= size):
        raise ConfigurationError(f"the log has {len(log)} entries: choose an entry and sizes from 1 to that")
    leaves = [merkle.leaf_hash(raw) for raw in log[:size]]
    out: dict[str, Any] = {
        "domain": _DOMAIN,
        "entry": entry,
        "size": size,
        "raw": log[entry - 1].decode("utf-8", "surrogateescape"),
        "inclusion": [step.hex() for step in merkle.inclusion_proof(leaves, entry - 1)],
    }
    if since is not None:
        steps = merkle.consistency_proof(leaves, since) if since < size else []
        out["continues"] = {"size": since, "proof": [step.hex() for step in steps]}
    return out


def check(raw: bytes, checkpoints: Sequence[Checkpoint]) -> tuple[int, int, str]:
    """(entry, size, its text) of a proof that holds against the given, verified checkpoints.

    Raises:
        ConfigurationError: it does not hold, or there is no checkpoint of its sizes; says which.
    """
    try:
        proof = canonical.loads(raw)
        entry, size, text = int(proof["entry"]), int(proof["size"]), str(proof["raw"])
        steps = _hashes(proof["inclusion"])
        continues = proof.get("continues")
        older = (int(continues["size"]), _hashes(continues["proof"])) if continues else None
        if proof["domain"] != _DOMAIN or not set(proof) <= _FIELDS or set(continues or _OLDER) != _OLDER:
            raise ValueError  # a field that is not known might be one that was meant to be checked
    except (RecordError, KeyError, TypeError, ValueError, AttributeError):
        raise ConfigurationError("not a proof of `maskgate audit prove`, or it was cut or edited") from None
    root = _root(checkpoints, size)
    leaf = merkle.leaf_hash(text.encode("utf-8", "surrogateescape"))
    if not merkle.verify_inclusion(leaf, entry - 1, size, steps, root):
        raise ConfigurationError(f"entry {entry} is not what the checkpoint over {size} entries covers")
    if older and not merkle.verify_consistency(older[0], size, _root(checkpoints, older[0]), root, older[1]):
        raise ConfigurationError(f"the log of {size} entries does not continue that of {older[0]}")
    return entry, size, text


def _hashes(texts: Sequence[str]) -> list[bytes]:
    found = [bytes.fromhex(text) for text in texts]
    if [step.hex() for step in found] != list(texts):
        raise ValueError("hashes are written in lower case")
    return found


def _root(checkpoints: Sequence[Checkpoint], size: int) -> bytes:
    for head in checkpoints:
        if head.size == size:
            return bytes.fromhex(head.root)
    raise ConfigurationError(f"no checkpoint over {size} entries was given")
