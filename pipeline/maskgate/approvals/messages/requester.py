"""Who asks for an export, and how we know: Kafka does not say who produced a record.

A plain header never sets the requester. ``resolve`` believes (a) a DSSE header signed by an enrolled producer key over
topic, key, SHA-256 of the value, destination, time and nonce, or (b) the policy's map topic → principal. Otherwise the
requester is ``unverified`` and everybody declared for the topic is excluded from voting.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any, cast

from maskgate.approvals.model import Requester
from maskgate.base.errors import RecordError
from maskgate.base.records import Record
from maskgate.crypto import canonical, signing
from maskgate.people.principal import Kind, Principal, ProducerKey

HEADER = "maskgate.signed"
PAYLOAD_TYPE = "application/vnd.maskgate.origin.v1+json"
MAX_AGE_MS = 86_400_000  # a worker may lag; the gate remembers nonces for longer than this
MAX_SKEW_MS = 300_000
MAX_OTHERS = 200
MAX_NAME = 512
KINDS = ("human", "agent", "service", "unknown")


def sign_origin(
    signer: signing.Signer,
    *,
    topic: str,
    key: bytes | None,
    value: bytes,
    destination: str,
    now_ms: int,
    nonce: str,
    on_behalf_of: Sequence[Principal] = (),
) -> tuple[str, bytes]:
    """The header that a producer adds to say who asks."""
    tree = {
        "domain": "origin.v1",
        "topic": topic,
        "key_sha256": "" if key is None else hashlib.sha256(key).hexdigest(),
        "value_sha256": hashlib.sha256(value).hexdigest(),
        "destination": destination,
        "time": now_ms,
        "nonce": nonce,
        "on_behalf_of": [_principal_to_json(p) for p in on_behalf_of],
    }
    return HEADER, signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), [signer])


def resolve(
    record: Record,
    destination: str,
    *,
    keys: Mapping[str, ProducerKey],
    mapped: Requester | None = None,
    declared: Sequence[Principal] = (),
    now_ms: int | None = None,
) -> Requester:
    """The requester of a record.

    ``mapped`` is the policy's principal of the topic (its assurance becomes ``acl``), ``declared`` are the producers
    and owners that policy names for the topic. A signed header that does not verify is no header: the requester is
    then unverified, even where the policy maps the topic. ``now_ms`` is this host's clock unless given; the record's
    own time is the producer's word.
    """
    headers = [value for name, value in record.headers if name == HEADER]
    if headers:
        signed = _signed(record, destination, headers, keys, time.time_ns() // 1_000_000 if now_ms is None else now_ms)
        return signed or _unverified(record, declared, mapped)
    if mapped is not None:
        return Requester(mapped.iss, mapped.sub, mapped.kind, "acl", mapped.on_behalf_of, mapped.owner)
    return _unverified(record, declared, None)


def _unverified(record: Record, declared: Sequence[Principal], mapped: Requester | None) -> Requester:
    everybody = list(declared)
    if mapped is not None:
        everybody += [mapped.principal, *mapped.on_behalf_of, *([mapped.owner] if mapped.owner else [])]
    return Requester("unverified", record.topic, declared=tuple(dict.fromkeys(everybody)))


def _signed(
    record: Record, destination: str, headers: Sequence[bytes | None], keys: Mapping[str, ProducerKey], now_ms: int
) -> Requester | None:
    if len(headers) != 1 or headers[0] is None:
        return None
    try:
        envelope = signing.parse(headers[0])
        good = signing.verify(envelope, {kid: key.public for kid, key in keys.items()})
        tree = canonical.loads(envelope.payload)
        if envelope.payload_type != PAYLOAD_TYPE or not good or not _covers(tree, record, destination, now_ms):
            return None
        behalf = tuple(_principal(entry) for entry in tree["on_behalf_of"])
        nonce = str(tree["nonce"])
    except (RecordError, KeyError, TypeError, ValueError):
        return None
    key = keys[good[0]]
    return Requester(key.iss, key.sub, key.kind, "signed", behalf, key.owner, session=nonce)


def _covers(tree: Mapping[str, Any], record: Record, destination: str, now_ms: int) -> bool:
    return bool(
        tree["domain"] == "origin.v1"
        and tree["topic"] == record.topic
        and tree["key_sha256"] == ("" if record.key is None else hashlib.sha256(record.key).hexdigest())
        and tree["value_sha256"] == hashlib.sha256(record.value or b"").hexdigest()
        and tree["destination"] == destination
        and -MAX_SKEW_MS <= now_ms - int(tree["time"]) <= MAX_AGE_MS
    )


def requester_to_json(requester: Requester) -> dict[str, Any]:
    """JSON-ready form."""
    return {
        "iss": requester.iss,
        "sub": requester.sub,
        "kind": requester.kind,
        "assurance": requester.assurance,
        "on_behalf_of": [_principal_to_json(p) for p in requester.on_behalf_of],
        "owner": _principal_to_json(requester.owner) if requester.owner else None,
        "declared": [_principal_to_json(p) for p in requester.declared],
        "session": requester.session,
    }


def requester_from_json(tree: Mapping[str, Any]) -> Requester:
    """The requester of its JSON form.

    Raises:
        ValueError, KeyError, TypeError: it is not one.
    """
    if tree["kind"] not in KINDS or tree["assurance"] not in ("signed", "acl", "intake", "unverified"):
        raise ValueError("not a requester")
    if len(tree["on_behalf_of"]) + len(tree["declared"]) > MAX_OTHERS:
        raise ValueError("too many principals")
    return Requester(
        iss=_principal(tree).iss,
        sub=_principal(tree).sub,
        kind=cast(Kind, tree["kind"]),
        assurance=tree["assurance"],
        on_behalf_of=tuple(_principal(p) for p in tree["on_behalf_of"]),
        owner=_principal(tree["owner"]) if tree["owner"] else None,
        declared=tuple(_principal(p) for p in tree["declared"]),
        session=str(tree["session"]),
    )


def _principal(tree: Mapping[str, Any]) -> Principal:
    iss, sub = tree["iss"], tree["sub"]
    if not isinstance(iss, str) or not isinstance(sub, str) or max(len(iss), len(sub)) > MAX_NAME:
        raise ValueError("not a principal")
    return Principal(iss, sub)


def _principal_to_json(principal: Principal) -> dict[str, str]:
    return {"iss": principal.iss, "sub": principal.sub}
