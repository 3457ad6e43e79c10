"""What a vote is bound to: the Merkle root over a request's items, and the digest of the request.

The digest covers what matters and no more: who asks, what, where to, on which bytes, under which policy and quorum,
until when. Reason texts of voters, counters and escalations are outside, or no approval could ever be spent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from maskgate.approvals.messages.requester import requester_to_json
from maskgate.approvals.model import Item, Request
from maskgate.crypto import canonical
from maskgate.crypto.merkle import leaf_hash, root_of
from maskgate.people.principal import Principal


def leaf(item_id: str, content_mac: str, masked_digest: str, topic: str, blind: str = "") -> bytes:
    """The leaf of one item: its id, the digests of its bytes, and where they go.

    ``blind`` is kept in the log and shown to no reviewer: from the root alone nobody can try out what the bytes were.
    Items of logs that were written before it have none.
    """
    row = [item_id, content_mac, masked_digest, topic]
    return leaf_hash(canonical.dumps(["manifest.v2", *row, blind] if blind else ["manifest.v1", *row]))


def root(items: Sequence[Item], topic: str) -> str:
    """The manifest root of items in this order."""
    return root_over([(i.item_id, i.content_mac, i.masked_digest, topic, i.blind) for i in items])


def root_over(rows: Sequence[tuple[str, str, str, str, str]]) -> str:
    """The manifest root of (item id, content MAC, masked digest, topic, blind) in this order."""
    return root_of([leaf(*row) for row in rows]).hex()


def result_digest(results: Sequence[tuple[str, str]]) -> str:
    """``result_digest`` of a vote with extra masking: over (item id, ``Recomputed.result``) of its whole scope."""
    return canonical.digest(["result.v1", sorted([item_id, digest] for item_id, digest in results)])


def action_root(arguments: str) -> str:
    """The manifest root of an action: its arguments are its only item."""
    return root_of([leaf_hash(canonical.dumps(["manifest.v1", "action", arguments]))]).hex()


def sealed(request: Request) -> Request:
    """The request with its digest filled in."""
    return replace(request, digest=request_digest(request))


def request_digest(request: Request) -> str:
    """The digest that votes sign."""
    action, policy = request.action, request.policy
    tree = {
        "schema": "request.v1",
        "request_id": request.request_id,
        "kind": request.kind,
        "requester": requester_to_json(request.requester),
        "action": {
            "verb": action.verb,
            "destination": action.destination,
            "topic": action.topic,
            "resource": action.resource,
            "purpose": action.purpose,
            "expected_outcome": action.expected_outcome,
            "arguments": action.arguments,
            "raw": action.raw,
        },
        "manifest_root": request.manifest_root,
        "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest},
        "tier": request.tier,
        "quorum": {
            "all_of": [{"group": slot.group, "n": slot.n} for slot in request.quorum.all_of],
            "deny_n": request.quorum.deny_n,
        },
        "auto": request.auto,
        "exclusions": {
            "persons": list(request.exclusions.persons),
            "principals": [_principal(p) for p in request.exclusions.principals],
        },
        "created": request.created,
        "expires_at": request.expires_at,
        "release_ttl_ms": request.release_ttl_ms,
        "nonce": request.nonce,
        "seen_digest": request.seen_digest,
    }
    return hashlib.sha256(canonical.dumps(tree)).hexdigest()


def _principal(principal: Principal) -> dict[str, str]:
    return {"iss": principal.iss, "sub": principal.sub}
