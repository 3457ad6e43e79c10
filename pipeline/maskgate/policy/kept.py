"""The last good policy as bytes for :class:`maskgate.crypto.kept.Kept`, with everything that it extends or lists.

It is compiled again from its checked content, not from the files: those may be what is broken.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from maskgate.crypto.kept import Kept
from maskgate.crypto.keyring import Keyring
from maskgate.policy.compiled import CompiledPolicy
from maskgate.policy.model import Policy
from maskgate.policy.source import Source

_ROLES = ("mask", "gate", "texts")


def dump(policy: CompiledPolicy, published: bool = False) -> bytes:
    """Everything that :func:`load` needs, and whether the policy came from the topic instead of a file."""
    chain = [
        {
            "name": part.name,
            "text": base64.b64encode(part.text).decode(),
            "policy": part.policy.model_dump(mode="json", by_alias=True, exclude_unset=True),
            "files": [list(pair) for pair in part.files],
        }
        for part in policy.chain
    ]
    tree = {"digest": policy.ref.digest, "chain": chain, "published": published}
    return json.dumps(tree, sort_keys=True).encode()


def published(state_dir: Path, keyring: Keyring) -> CompiledPolicy | None:
    """The published policy that roles of this host took last; None where their policy is a file."""
    found = [Kept.of(state_dir, f"{role}-policy", keyring).load() for role in _ROLES]
    newest = max((content for content in found if content), key=lambda content: content.at, default=None)
    return load(newest.body) if newest and json.loads(newest.body).get("published") is True else None


def published_text(body: bytes) -> bytes:
    """The text of what was kept, where it came from the topic; empty where it came from a file."""
    try:
        tree = json.loads(body)
        return base64.b64decode(tree["chain"][0]["text"]) if tree["published"] is True else b""
    except (ValueError, KeyError, TypeError, IndexError):  # of another version
        return b""


def load(body: bytes) -> CompiledPolicy | None:
    """The policy, or None where this version reads it as another one than it was."""
    try:
        tree = json.loads(body)
        chain = [
            Source(
                part["name"],
                base64.b64decode(part["text"]),
                Policy.model_validate(part["policy"]),
                {},
                tuple((name, digest) for name, digest in part["files"]),
            )
            for part in tree["chain"]
        ]
        policy = CompiledPolicy(chain)
    except (ValueError, KeyError, TypeError):  # pydantic's errors are ValueErrors
        return None
    return policy if policy.ref.digest == tree["digest"] else None
