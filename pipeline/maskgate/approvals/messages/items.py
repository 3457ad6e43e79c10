"""One held record as a signed item: built by the mask worker, read by the gate at opening and again at release.

The payload carries the masked bytes that would be released and, where raw fields were asked for, the original sealed to
the gate. ``content_mac`` is keyed (a bare digest of a short value can be guessed) and covers destination, key, value,
headers and the original; the gate computes it again from the bytes it is about to publish.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from maskgate.approvals.commands import Recomputed
from maskgate.approvals.messages import preview, shown
from maskgate.approvals.messages.requester import requester_from_json, requester_to_json
from maskgate.approvals.model import Item, Requester, Source
from maskgate.base.errors import RecordError
from maskgate.base.records import Header, Held, PolicyRef, Record, StandIn
from maskgate.crypto import canonical, sealing, signing
from maskgate.people.principal import Principal

PAYLOAD_TYPE = "application/vnd.maskgate.item.v2+json"
DELETED_TYPE = "application/vnd.maskgate.source-deleted.v1+json"
MAX_SUBJECTS = 1000  # one more says that there were too many to count
MAX_STAND_INS = 100_000
ROLE = "pipeline"
_ID = re.compile(r"[0-9a-f]{32}")
_MAC = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class OpenedItem:
    """A verified item with its bytes: ``item`` is what the gate remembers, the rest is read again when needed."""

    item: Item
    requester: Requester
    export: Mapping[str, Any]
    policy: PolicyRef
    detectors: str
    destination: str
    topic: str
    key: bytes | None
    value: bytes
    headers: tuple[Header, ...]
    fields: tuple[Mapping[str, Any], ...]
    sealed: bytes | None
    created: int
    timestamp_ms: int
    stand_ins: tuple[StandIn, ...] = ()
    text: str = ""  # all that a reviewer sees of it


def item_id(item_key: bytes, topic_id: str, partition: int, offset: int) -> str:
    """The id of the item of one input offset: a replay of the offset cannot make a second one."""
    place = canonical.dumps(["item.v1", topic_id, partition, offset])
    return hmac.new(item_key, place, hashlib.sha256).hexdigest()[:32]


def build_item(
    held: Held,
    record: Record,
    *,
    requester: Requester,
    policy: PolicyRef,
    detectors: str,
    item_key: bytes,
    signer: signing.Signer,
    seal_to: X25519PublicKey | None = None,
    topic_id: str = "",
    now_ms: int = 0,
) -> bytes:
    """Envelope bytes for ``maskgate.approvals.requests``.

    ``held.export`` names ``destination``, ``topic``, ``rule``, ``verb``, ``purpose``, ``tier``, ``wants_raw``.

    Raises:
        RecordError: ``duplicate_keys`` (two parsers may read such a record differently), or ``no_seal_key``.
    """
    refuse_duplicate_members(held.value)
    export = dict(held.export)
    ident = item_id(item_key, topic_id or record.topic, record.partition, record.offset)
    original = record.value if export.get("wants_raw") else None
    sealed = None
    if original is not None:
        if seal_to is None:
            raise RecordError("no_seal_key", "raw fields were asked for, and the gate's sealing key is not there")
        sealed = sealing.seal(original, seal_to, ident)
    destination, topic = str(export.get("destination", "")), str(export.get("topic", ""))
    tree = {
        "schema": "item.v2",
        "item_id": ident,
        "blind": blind(item_key, ident),
        "source": {"topic": record.topic, "partition": record.partition, "offset": record.offset},
        "timestamp_ms": record.timestamp_ms,
        "destination": destination,
        "topic": topic,
        "export": export,
        "requester": requester_to_json(requester),
        "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest},
        "detectors": detectors,
        "key": _to64(held.key),
        "value": _to64(held.value),
        "headers": [[name, _to64(value)] for name, value in held.headers],
        "stand_ins": [list(stand_in) for stand_in in held.stand_ins],
        "sealed": _to64(sealed),
        "masked_digest": masked_digest(held.key, held.value, held.headers),
        "content_mac": content_mac(item_key, destination, topic, held.key, held.value, held.headers, original),
        "key_mac": key_mac(item_key, record.topic, held.key),
        "fields": [
            {"path": f.path, "entity": f.entity, "operator": f.operator, "score": f.score, "count": f.count}
            for f in held.fields
        ],
        "subjects": sorted({f.value_mac for f in held.fields if f.value_mac})[: MAX_SUBJECTS + 1],
        "created": now_ms,
    }
    return signing.seal(PAYLOAD_TYPE, orjson.dumps(tree, option=orjson.OPT_SORT_KEYS), [signer])


def parse_item(raw: bytes, keys: Mapping[str, bytes], offset: int) -> OpenedItem:
    """The item of an envelope, verified against the pipeline keys in force (``state.people.role_keys("pipeline")``).

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type``, ``bad_signature`` or ``malformed_item``.
    """
    envelope = signing.parse(raw)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise RecordError("wrong_type", "not an export item")
    good = signing.verify(envelope, keys)
    if not good:
        raise RecordError("bad_signature", "no signature of an enrolled pipeline key")
    try:
        return _opened(canonical.loads(envelope.payload), good[0], offset)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RecordError("malformed_item", "the signed payload is not an item") from None


def _opened(tree: Mapping[str, Any], signer: str, offset: int) -> OpenedItem:
    if tree["schema"] != "item.v2":
        raise ValueError
    _check_types(tree)
    value, key = _from64(tree["value"]), _from64(tree["key"])
    headers = tuple((str(name), _from64(data)) for name, data in tree["headers"])
    if value is None or tree["masked_digest"] != masked_digest(key, value, headers):
        raise ValueError
    source = Source(str(tree["source"]["topic"]), int(tree["source"]["partition"]), int(tree["source"]["offset"]))
    entities: dict[str, int] = {}
    for use in tree["fields"]:
        entities[use["entity"]] = entities.get(use["entity"], 0) + int(use["count"])
    export, requester = tree["export"], requester_from_json(tree["requester"])
    stand_ins = tuple(StandIn(*stand_in) for stand_in in tree["stand_ins"])
    text = shown.record(value, key, headers, stand_ins, bytes.fromhex(tree["blind"]))
    item = Item(
        item_id=str(tree["item_id"]),
        source=source,
        offset=offset,
        content_mac=str(tree["content_mac"]),
        masked_digest=str(tree["masked_digest"]),
        size=size_of(key, value, headers),
        entities=tuple(sorted(entities.items())),
        subjects=tuple(str(mac) for mac in tree["subjects"]),
        signer=signer,
        rule=str(export.get("rule", "")),
        raw=tree["sealed"] is not None,
        key_mac=str(tree["key_mac"]),
        preview=preview.digest(text) if len(text) <= shown.MAX_CHARS else "",
        origin=requester.session,
        blind=str(tree["blind"]),
    )
    policy = PolicyRef(*(str(tree["policy"][name]) for name in ("id", "version", "digest")))
    return OpenedItem(
        item,
        replace(requester, session=""),
        export,
        policy,
        str(tree["detectors"]),
        str(tree["destination"]),
        str(tree["topic"]),
        key,
        value,
        headers,
        tuple(tree["fields"]),
        _from64(tree["sealed"]),
        int(tree["created"]),
        int(tree["timestamp_ms"]),
        stand_ins,
        text,
    )


def _check_types(tree: Mapping[str, Any]) -> None:
    """What the gate stores or looks up is of its type: a worker gone wrong must not stop the gate."""
    numbers = (tree["source"]["partition"], tree["source"]["offset"], tree["created"], tree["timestamp_ms"])
    if any(type(number) is not int for number in numbers):
        raise ValueError("not a number")
    if not _ID.fullmatch(tree["item_id"]) or not _MAC.fullmatch(tree["content_mac"]):
        raise ValueError("not an id or a MAC")
    if tree["key_mac"] and not _ID.fullmatch(tree["key_mac"]):
        raise ValueError("not a MAC of a key")
    if not _MAC.fullmatch(tree["blind"]) or len(tree["stand_ins"]) > MAX_STAND_INS:
        raise ValueError("not a blind, or too many stand-ins")
    for place, start, end, entity in tree["stand_ins"]:
        if not isinstance(place, str) or not isinstance(entity, str) or (type(start), type(end)) != (int, int):
            raise ValueError("not a stand-in")
    if not isinstance(tree["export"].get("declared") or {}, dict) or len(tree["subjects"]) > MAX_SUBJECTS + 1:
        raise ValueError("not an export")
    for use in tree["fields"]:
        if not all(isinstance(use[name], str) for name in ("path", "entity", "operator")):
            raise ValueError("not a field")
        if type(use["count"]) is not int or use["count"] < 0 or type(use["score"]) not in (int, float):
            raise ValueError("not a field")


def build_source_deleted(
    topic: str, partition: int, offset: int, key: bytes | None, *, item_key: bytes, signer: signing.Signer
) -> bytes:
    """Envelope for ``maskgate.approvals.requests``: the source topic got a tombstone for this (masked) record key."""
    tree = {
        "domain": "source_deleted.v1",
        "source": {"topic": topic, "partition": partition, "offset": offset},
        "key_mac": key_mac(item_key, topic, key),
    }
    return signing.seal(DELETED_TYPE, canonical.dumps(tree), [signer])


def parse_source_deleted(raw: bytes, keys: Mapping[str, bytes]) -> tuple[str, Source]:
    """The key's MAC and the tombstone's coordinates, verified.

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type``, ``bad_signature`` or ``malformed_item``.
    """
    envelope = signing.parse(raw)
    if envelope.payload_type != DELETED_TYPE:
        raise RecordError("wrong_type", "not a deletion at the source")
    if not signing.verify(envelope, keys):
        raise RecordError("bad_signature", "no signature of an enrolled pipeline key")
    try:
        tree = canonical.loads(envelope.payload)
        source = Source(str(tree["source"]["topic"]), int(tree["source"]["partition"]), int(tree["source"]["offset"]))
        if tree["domain"] != "source_deleted.v1" or not _ID.fullmatch(tree["key_mac"]):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise RecordError("malformed_item", "the signed payload is not a deletion at the source") from None
    return str(tree["key_mac"]), source


def group_key(opened: OpenedItem) -> tuple[str, ...]:
    """Items with equal keys may share a request: same requester, destination, rule, tier and policy."""
    return (
        canonical.digest(requester_to_json(opened.requester)),
        opened.destination,
        opened.topic,
        str(opened.export.get("verb", "export")),
        opened.item.rule,
        str(opened.export.get("tier", "")),
        str(opened.export.get("purpose", "")),
        opened.policy.digest,
    )


def recompute(
    opened: OpenedItem, item_key: bytes, original: bytes | None = None, value: bytes | None = None
) -> Recomputed:
    """Digests of the bytes about to be published, for the Release command.

    ``original`` is the unsealed original of an item with raw fields. ``value`` is the value after extra masking, if
    any; ``result`` covers it, and the other digests cover the item as it was reviewed.
    """
    args = (opened.key, opened.value, opened.headers)
    return Recomputed(
        opened.item.item_id,
        content_mac(item_key, opened.destination, opened.topic, *args, original),
        masked_digest(*args),
        opened.topic,
        "" if value is None else result_of(opened, value),
    )


def result_of(opened: OpenedItem, value: bytes) -> str:
    """Keyed digest of an item as extra masking leaves it, for ``manifest.result_digest``."""
    told = masked_digest(opened.key, value, opened.headers)
    return hmac.new(bytes.fromhex(opened.item.blind), f"result.v1 {told}".encode(), hashlib.sha256).hexdigest()


def size_of(key: bytes | None, value: bytes, headers: Sequence[Header]) -> int:
    """Bytes that leave: value, record key, and names and values of the headers."""
    return len(value) + len(key or b"") + sum(len(name.encode()) + len(data or b"") for name, data in headers)


def blind(item_key: bytes, ident: str) -> str:
    """What makes marks and leaves of one item unguessable: for the gate and the log, never for reviewers."""
    return hmac.new(item_key, _frame(["blind.v1", ident], []), hashlib.sha256).hexdigest()


def text_of(opened: OpenedItem, value: bytes, stand_ins: Sequence[StandIn]) -> str:
    """All that a reviewer sees of an item with this value in the place of its own."""
    return shown.record(value, opened.key, opened.headers, stand_ins, bytes.fromhex(opened.item.blind))


def masked_digest(key: bytes | None, value: bytes, headers: Sequence[Header]) -> str:
    """Digest of the masked bytes as they would be released."""
    return hashlib.sha256(_frame(["masked.v1"], [key, value, *_flat(headers)])).hexdigest()


def content_mac(
    item_key: bytes,
    destination: str,
    topic: str,
    key: bytes | None,
    value: bytes,
    headers: Sequence[Header],
    original: bytes | None,
) -> str:
    """Keyed digest over everything that leaves, and where to."""
    data = _frame(["content.v1", destination, topic], [original, key, value, *_flat(headers)])
    return hmac.new(item_key, data, hashlib.sha256).hexdigest()


def key_mac(item_key: bytes, topic: str, key: bytes | None) -> str:
    """Keyed digest of the masked record key, to find the held items of a source tombstone; "" without a key."""
    if key is None:
        return ""
    return hmac.new(item_key, _frame(["key.v1", topic], [key]), hashlib.sha256).hexdigest()[:32]


def refuse_duplicate_members(value: bytes) -> None:
    """Raise RecordError ``duplicate_keys`` where two members of one object have the same name."""

    def unique(pairs: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) != len(pairs):
            raise RecordError("duplicate_keys", "an export item has two members of one name")

    try:
        json.loads(value, object_pairs_hook=unique, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise RecordError("not_json", "an export item is not JSON") from None


def declared_principals(entries: Iterable[Mapping[str, Any]]) -> tuple[Principal, ...]:
    """Principals of ``{iss, sub}`` mappings."""
    return tuple(Principal(str(entry["iss"]), str(entry["sub"])) for entry in entries)


def _flat(headers: Sequence[Header]) -> list[bytes | None]:
    return [part for name, value in headers for part in (name.encode(), value)]


def _frame(labels: Sequence[str], parts: Sequence[bytes | None]) -> bytes:
    """Injective framing: every part with its length, None apart from empty."""
    out = bytearray()
    for label in labels:
        raw = label.encode()
        out += len(raw).to_bytes(8, "big") + raw
    for part in parts:
        out += b"\xff" * 8 if part is None else len(part).to_bytes(8, "big") + part
    return bytes(out)


def _to64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _from64(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)
