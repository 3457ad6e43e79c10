"""Where request states live in memory: packed, because a hundred thousand of them wait at once.

``PackedStore`` keeps each state as compressed JSON and the few hot ones as objects. Any ``MutableMapping`` will do.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from functools import cache

import orjson
from pydantic import TypeAdapter

from maskgate.approvals.model import RequestState


@cache
def _adapter() -> TypeAdapter[RequestState]:
    return TypeAdapter(RequestState)


_HOT = 512
_OTHER = b"another kind of id: "  # longer than a UUID, so that no text can pass for one

# What most states have in common; part of the format of packed states, so it only ever changes with FORMAT.
FORMAT = 4
_COMMON = (
    b'{"escalated":0,"glass":"","glass_key":"","glass_until":0,"masking":[],"moved":[],"overdue":false,"permit_id":"",'
    b'"permit_until":0,"redeemed":false,"release_by":0,"repeats":0,"request":{"action":{"arguments":"{}","destination":'
    b'"default","expected_outcome":"","purpose":"","resource":"","topic":".released","verb":"export"},"auto":false,'
    b'"created":17,"detectors":"","digest":"","exclusions":{"persons":[],"principals":[{"iss":"https://","sub":""}]},'
    b'"expires_at":17,"floor":"","items":[{"blind":"","content_mac":"","entities":[["EMAIL_ADDRESS",1],["PERSON",1],'
    b'["PHONE_NUMBER",1]],"item_id":"","key_mac":"","masked_digest":"","offset":1,"origin":"","preview":"","raw":false,'
    b'"rule":"","signer":"ed25519:","size":1,"source":{"offset":1,"partition":0,"topic":"events"},"subjects":[]}],'
    b'"kind":"export","manifest_root":"","nonce":"","novel":false,"policy":{"digest":"","id":"","version":""},'
    b'"quiet":false,"quorum":{"all_of":[{"group":"reviewers","n":1}],"deny_n":1},"release_ttl_ms":3600000,"request_id":'
    b'"","requester":{"assurance":"unverified","declared":[],"iss":"unverified","kind":"unknown","on_behalf_of":[],'
    b'"owner":null,"session":"","sub":""},"rule":"","sampled":false,"seen_digest":"","semantic_key":"","supersedes":"",'
    b'"tier":"standard"},"rest":"PENDING","review":null,"review_due":0,"reviews":[],"successor":"","votes":[]}'
)


def to_json(state: RequestState) -> bytes:
    """One request state as JSON."""
    return orjson.dumps(state, option=orjson.OPT_SORT_KEYS)


def from_json(raw: bytes) -> RequestState:
    """The request state of its JSON."""
    return _adapter().validate_json(raw)


def pack(state: RequestState) -> bytes:
    """One request state, compressed."""
    squeeze = zlib.compressobj(level=3, zdict=_COMMON)
    return squeeze.compress(to_json(state)) + squeeze.flush()


def unpack(raw: bytes) -> RequestState:
    """The request state of its packed form."""
    return from_json(zlib.decompressobj(zdict=_COMMON).decompress(raw))


def short_id(request_id: str) -> bytes:
    """Sixteen bytes for a UUID; anything else gets a prefix."""
    if len(request_id) != 36:
        return _OTHER + request_id.encode()
    try:
        raw = bytes.fromhex(request_id.replace("-", ""))
    except ValueError:
        return _OTHER + request_id.encode()
    return raw if len(raw) == 16 and long_id(raw) == request_id else _OTHER + request_id.encode()


def long_id(short: bytes) -> str:
    """The request id of its short form."""
    if len(short) != 16:
        return short.removeprefix(_OTHER).decode()
    text = short.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def opened_at(short: bytes) -> int:
    """An upper bound of when a request was opened, from its short id alone (a UUIDv7 begins with it)."""
    return int.from_bytes(short[:6], "big") if len(short) == 16 and short[6] >> 4 == 7 else 1 << 62


class PackedStore(MutableMapping[str, RequestState]):
    """Request id → state, packed; the last few stay unpacked."""

    def __init__(self) -> None:
        self._packed: dict[bytes, bytes] = {}
        self._hot: OrderedDict[bytes, RequestState] = OrderedDict()

    def __getitem__(self, request_id: str) -> RequestState:
        short = short_id(request_id)
        state = self._hot.get(short)
        if state is None:
            packed = self._packed.get(short)
            if packed is None:
                raise KeyError(request_id)
            state = unpack(packed)
            self._remember(short, state)
        return state

    def __setitem__(self, request_id: str, state: RequestState) -> None:
        short = short_id(request_id)
        self._packed[short] = pack(state)
        self._remember(short, state)

    def __delitem__(self, request_id: str) -> None:
        short = short_id(request_id)
        del self._packed[short]
        self._hot.pop(short, None)

    def __contains__(self, request_id: object) -> bool:
        return isinstance(request_id, str) and short_id(request_id) in self._packed

    def __iter__(self) -> Iterator[str]:
        return (long_id(short) for short in self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def packed(self) -> Iterator[tuple[bytes, bytes]]:
        """(short id, packed state) of everything, for a snapshot."""
        yield from self._packed.items()

    def put_packed(self, short: bytes, packed: bytes) -> None:
        """Take a packed state as it is, from a snapshot whose MAC was checked."""
        self._packed[short] = packed

    def _remember(self, short: bytes, state: RequestState) -> None:
        self._hot[short] = state
        self._hot.move_to_end(short)
        if len(self._hot) > _HOT:
            self._hot.popitem(last=False)
