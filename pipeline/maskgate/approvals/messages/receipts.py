"""A receipt: the gate's signed word, in a header of a released record, that exactly these bytes were approved.

It names the approval by its place in the log: the hash of that entry, the head of the tree that ends with it, and the
hashes that lead from one to the other (RFC 9162, 2.1.3). The approval was committed before the receipt was signed; the
release shares the record's transaction, so no head over it can be in it: ``maskgate receipt verify --log`` shows that
one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from maskgate.base.errors import RecordError
from maskgate.base.records import Header, PolicyRef
from maskgate.crypto import canonical, merkle, signing

HEADER = "maskgate.receipt"
PAYLOAD_TYPE = "application/vnd.maskgate.receipt.v1+json"
_DOMAIN = "receipt.v1"
_NULL = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Approval:
    """Where the log approved items: entry ``size`` (from 1) is the last of the tree that has this root.

    ``items`` empty: all of the request's.
    """

    size: int
    leaf: str
    root: str
    path: tuple[str, ...]
    items: tuple[str, ...] = ()

    @classmethod
    def of_last(cls, tree: merkle.Frontier, peaks: Sequence[bytes], items: tuple[str, ...] = ()) -> Approval:
        """The place of the last leaf of a tree; ``peaks`` are those before it: from the smallest on, its audit path."""
        path = tuple(map(_text, reversed(peaks)))
        return cls(tree.size, _text(tree.recent[-1]), _text(tree.root()), path, items)

    @classmethod
    def read(cls, size: int, leaf: str, root: str, path: Iterable[str], items: Iterable[str] = ()) -> Approval:
        """The place of its JSON form's members."""
        return cls(size, leaf, root, tuple(path), tuple(items))

    @property
    def root_hash(self) -> bytes:
        """The root as it is compared."""
        return _bytes(self.root)

    @property
    def holds(self) -> bool:
        """Whether the path leads from the entry to the root."""
        path = [_bytes(step) for step in self.path]
        return merkle.verify_inclusion(_bytes(self.leaf), self.size - 1, self.size, path, self.root_hash)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; ``by`` are the keys whose votes made the quorum (none where a rule approved)."""

    request: str
    item: str
    topic: str
    content: str
    policy: PolicyRef
    detectors: str
    rule: str
    by: tuple[str, ...]
    at: int
    approval: Approval


def content_digest(key: bytes | None, value: bytes | None, headers: Iterable[Header]) -> str:
    """SHA-256 over key, value and headers as they leave, the receipt apart; each part behind its length in 4 bytes."""
    digest = hashlib.sha256(b"receipt.v1\0")
    named = [part for name, data in headers if name != HEADER for part in (name.encode(), data)]
    for part in (key, value, *named):
        digest.update(struct.pack(">I", _NULL if part is None else len(part)))
        digest.update(part or b"")
    return digest.hexdigest()


def issue(receipt: Receipt, signer: signing.Signer) -> bytes:
    """The header's value."""
    where = receipt.approval
    tree = {
        "domain": _DOMAIN,
        "request": receipt.request,
        "item": receipt.item,
        "topic": receipt.topic,
        "content": receipt.content,
        "policy": [receipt.policy.id, receipt.policy.version, receipt.policy.digest],
        "detectors": receipt.detectors,
        "rule": receipt.rule,
        "by": list(receipt.by),
        "at": receipt.at,
        "approval": {"size": where.size, "leaf": where.leaf, "root": where.root, "path": list(where.path)},
    }
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), [signer])


def verify(
    keys: Mapping[str, bytes], key: bytes | None, value: bytes | None, headers: Sequence[Header], topic: str = ""
) -> Receipt:
    """The receipt of a released record, if the gate signed it for these bytes and its approval is in the tree.

    ``keys`` maps key id → raw public key of the gate. Needs no network.

    Raises:
        RecordError: ``no_receipt``, ``malformed_envelope``, ``wrong_type``, ``bad_signature``, ``malformed_receipt``,
            ``other_bytes`` (key, value, headers or topic are not those that were approved), ``not_in_the_tree``.
    """
    found = [data for name, data in headers if name == HEADER]
    if len(found) != 1 or found[0] is None:
        raise RecordError("no_receipt", f"the record has {len(found) or 'no'} receipt{'s' * (len(found) > 1)}")
    envelope = signing.parse(found[0])
    if envelope.payload_type != PAYLOAD_TYPE:
        raise RecordError("wrong_type", "the header is not a receipt")
    if not signing.verify(envelope, keys):
        raise RecordError("bad_signature", "no signature of the gate")
    receipt = _read(envelope.payload)
    same = hmac.compare_digest(receipt.content, content_digest(key, value, headers))
    if not same or topic not in ("", receipt.topic):
        raise RecordError("other_bytes", "key, value, headers or topic are not those that were approved")
    if not receipt.approval.holds:
        raise RecordError("not_in_the_tree", "the approval is not in the tree that the receipt names")
    return receipt


def _read(payload: bytes) -> Receipt:
    try:
        tree = canonical.loads(payload)
        if tree.pop("domain") != _DOMAIN:
            raise ValueError
        approval = Approval.read(**tree["approval"])
        more = {"policy": PolicyRef(*tree["policy"]), "by": tuple(tree["by"]), "approval": approval}
        return Receipt(**tree | more)
    except (RecordError, KeyError, TypeError, ValueError, AttributeError):
        raise RecordError("malformed_receipt", "the signed payload is not a receipt") from None


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
