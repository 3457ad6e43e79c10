"""What a reviewer signs: a vote, a retraction, or an act (revoke, recall, withdraw, break_glass, ratify, condemn).

``build_vote`` and ``build_act`` are for the reviewer's side (CLI, TUI, console before WebAuthn), ``read`` is for the
machine. Both cover the request's digest, the manifest root, the policy's digest, the preview that was shown and a
nonce; ``iat`` and ``exp`` only narrow: what counts is when the broker appended the vote.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from maskgate.approvals.model import Request
from maskgate.base.errors import RecordError
from maskgate.crypto import canonical, signing, webauthn
from maskgate.people.principal import Principal
from maskgate.people.registry import WEBAUTHN

VOTE_TYPE = "application/vnd.maskgate.vote.v1+json"
ACT_TYPE = "application/vnd.maskgate.act.v1+json"
RETRACT_TYPE = "application/vnd.maskgate.retract.v1+json"
BULK_TYPE = "application/vnd.maskgate.bulk.v1+json"
ACTS = ("revoke", "recall", "withdraw", "break_glass", "ratify", "condemn")
DECISIONS = ("approve", "deny", "abstain")
CHANNELS = ("cli", "console", "api", "tui", "webauthn", "session")
_DOMAINS = {VOTE_TYPE: "vote.v1", ACT_TYPE: "act.v1", RETRACT_TYPE: "retract.v1"}
MAX_LIFE_MS = 86_400_000
MAX_REASON = 2000
MAX_BYTES = 1 << 19  # the log keeps the envelope with every vote it holds
MAX_BULK = 100
MAX_POINTERS = 50
MAX_POINTER = 1000

ActVerb = Literal["revoke", "recall", "withdraw", "break_glass", "ratify", "condemn"]


@dataclass(frozen=True, slots=True)
class Signed:
    """The parsed payload of a vote or an act; ``envelope`` is kept to verify it and for the log."""

    envelope: signing.Envelope
    what: str  # approve, deny, abstain, or the verb of an act
    request_id: str
    request_digest: str
    manifest_root: str
    policy_digest: str
    seen_digest: str
    scope: tuple[str, ...]
    masking: tuple[str, ...]
    result: str
    reason: str
    reviewer: Principal
    person_id: str
    channel: str
    iat: int
    exp: int
    nonce: str


class Said(TypedDict):
    """What every vote, retraction and act says besides: who (an account and its person), when, and why.

    ``scope`` names items; empty means all. ``life_ms`` and ``nonce`` are chosen where they are not given.
    """

    reviewer: Principal
    person_id: str
    now_ms: int
    reason: NotRequired[str]
    scope: NotRequired[Sequence[str]]
    channel: NotRequired[str]
    life_ms: NotRequired[int]
    nonce: NotRequired[str]


def vote_payload(
    request: Request,
    decision: str,
    *,
    seen_digest: str,
    masking: Sequence[str] = (),
    result: str = "",
    **said: Unpack[Said],
) -> bytes:
    """The canonical bytes of a vote, to be signed. For WebAuthn the challenge is ``sha256(pae(VOTE_TYPE, payload))``.

    ``masking`` are JSON Pointers that get a fixed label before release; ``result`` is the digest of what that leaves
    (``masking.result_digest``).
    """
    vote = {"decision": decision, "extra_masking": sorted(masking), "result_digest": result, "seen_digest": seen_digest}
    return canonical.dumps(_common(request, **said) | {"domain": "vote.v1"} | vote)


def retract_payload(request: Request, **said: Unpack[Said]) -> bytes:
    """The canonical bytes with which a person takes votes of their own back, to be signed as those of a vote are."""
    return canonical.dumps(_common(request, **said) | {"domain": "retract.v1"})


def build_vote(request: Request, decision: str, *, signer: signing.Signer, **fields: Any) -> bytes:
    """The envelope of a vote (fields as in ``vote_payload``), for ``maskgate.approvals.votes``."""
    return signing.seal(VOTE_TYPE, vote_payload(request, decision, **fields), [signer])


def build_retraction(request: Request, *, signer: signing.Signer, **said: Unpack[Said]) -> bytes:
    """The envelope of a retraction, for ``maskgate.approvals.votes``."""
    return signing.seal(RETRACT_TYPE, retract_payload(request, **said), [signer])


def build_act(request: Request, verb: ActVerb, *, signer: signing.Signer, **said: Unpack[Said]) -> bytes:
    """The envelope of an act, for ``maskgate.approvals.votes``."""
    payload = canonical.dumps(_common(request, **said) | {"domain": "act.v1", "act": verb})
    return signing.seal(ACT_TYPE, payload, [signer])


def build_bulk(votes: Sequence[bytes], *, signer: signing.Signer) -> bytes:
    """One signature over the explicit list of vote payloads of a bulk decision."""
    return signing.seal(
        BULK_TYPE, canonical.dumps({"domain": "bulk.v1", "votes": [v.decode() for v in votes]}), [signer]
    )


def read(raw: bytes) -> Signed:
    """The vote or act of an envelope; well-formed, not yet verified.

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type`` or ``malformed_vote``.
    """
    return read_envelope(_parsed(raw))


def read_envelope(envelope: signing.Envelope) -> Signed:
    """Like ``read``, of a parsed envelope."""
    if envelope.payload_type not in _DOMAINS:
        raise RecordError("wrong_type", "neither a vote, nor a retraction, nor an act")
    _check_one_signature(envelope)
    try:
        tree = canonical.loads(envelope.payload)
        return _signed(envelope, tree)
    except (RecordError, KeyError, TypeError, ValueError, AttributeError):
        raise RecordError("malformed_vote", "the payload is not a vote or an act of this version") from None


def read_bulk(raw: bytes) -> tuple[signing.Envelope, tuple[Signed, ...]]:
    """The envelope of a bulk decision and the votes it lists; a vote outside the signed list never joins."""
    envelope = _parsed(raw)
    if envelope.payload_type != BULK_TYPE:
        raise RecordError("wrong_type", "not a bulk decision")
    _check_one_signature(envelope)
    try:
        tree = canonical.loads(envelope.payload)
        if set(tree) != {"domain", "votes"} or tree["domain"] != "bulk.v1" or not 0 < len(tree["votes"]) <= MAX_BULK:
            raise ValueError
        inner = [signing.Envelope(VOTE_TYPE, text.encode(), envelope.signatures) for text in tree["votes"]]
        return envelope, tuple(_signed(vote, canonical.loads(vote.payload)) for vote in inner)
    except (RecordError, KeyError, TypeError, ValueError, AttributeError):
        raise RecordError("malformed_vote", "the payload is not a bulk decision of this version") from None


def counter(envelope: signing.Envelope) -> tuple[str, int] | None:
    """Key id and signature counter of a verified vote or act; None where no security key signed it."""
    key_id, signature = envelope.signatures[0]
    return (key_id, webauthn.sign_count(signature)) if key_id.startswith(WEBAUTHN) else None


def named(raw: bytes) -> tuple[Signed, ...]:
    """The votes or the act in an envelope; none where it is malformed, which the gate refuses."""
    try:
        if signing.parse(raw).payload_type == BULK_TYPE:
            return read_bulk(raw)[1]
        return (read(raw),)
    except RecordError:
        return ()


def requests_of(raw: bytes) -> tuple[str, ...]:
    """Ids of the requests that a vote, an act or a bulk decision names; nothing is verified.

    Raises:
        RecordError: it is none of these.
    """
    if signing.parse(raw).payload_type == BULK_TYPE:
        return tuple(vote.request_id for vote in read_bulk(raw)[1])
    return (read(raw).request_id,)


def _parsed(raw: bytes) -> signing.Envelope:
    if len(raw) > MAX_BYTES:
        raise RecordError("malformed_vote", "the envelope is larger than a vote or a list of votes can be")
    return signing.parse(raw)


def _check_one_signature(envelope: signing.Envelope) -> None:
    """One reviewer, one signature: a second one could carry somebody else's key id, or a counter that is not theirs."""
    if len(envelope.signatures) != 1:
        raise RecordError("malformed_vote", "a vote, an act or a list of votes carries one signature")


def _common(
    request: Request,
    *,
    reviewer: Principal,
    person_id: str,
    now_ms: int,
    reason: str = "",
    scope: Sequence[str] = (),
    channel: str = "cli",
    life_ms: int = 600_000,
    nonce: str = "",
) -> dict[str, Any]:
    return {
        "request_id": request.request_id,
        "request_digest": request.digest,
        "manifest_root": request.manifest_root,
        "policy_digest": request.policy.digest,
        "reviewer": {"iss": reviewer.iss, "sub": reviewer.sub, "person_id": person_id},
        "reason": reason,
        "scope": sorted(scope),
        "channel": channel,
        "iat": now_ms,
        "exp": now_ms + life_ms,
        "nonce": nonce or secrets.token_hex(16),
    }


def _signed(envelope: signing.Envelope, tree: Mapping[str, Any]) -> Signed:
    is_vote = envelope.payload_type == VOTE_TYPE
    is_act = envelope.payload_type == ACT_TYPE
    what = tree["decision"] if is_vote else tree["act"] if is_act else "retract"
    known = {"request_id", "request_digest", "manifest_root", "policy_digest", "reviewer", "reason", "channel"}
    known |= {"iat", "exp", "nonce", "domain", "scope"}
    known |= {"decision", "extra_masking", "result_digest", "seen_digest"} if is_vote else {"act"} if is_act else set()
    if set(tree) != known or tree["domain"] != _DOMAINS[envelope.payload_type]:
        raise ValueError("unknown or missing members")
    if what not in (DECISIONS if is_vote else ACTS if is_act else ("retract",)) or tree["channel"] not in CHANNELS:
        raise ValueError("unknown decision, act or channel")
    signed = Signed(
        envelope=envelope,
        what=what,
        request_id=_text(tree["request_id"]),
        request_digest=_text(tree["request_digest"]),
        manifest_root=_text(tree["manifest_root"]),
        policy_digest=_text(tree["policy_digest"]),
        seen_digest=_text(tree.get("seen_digest", "")),
        scope=tuple(_text(entry) for entry in tree["scope"]),
        masking=tuple(_text(entry) for entry in tree.get("extra_masking", [])),
        result=_text(tree.get("result_digest", "")),
        reason=_text(tree["reason"]),
        reviewer=Principal(_text(tree["reviewer"]["iss"]), _text(tree["reviewer"]["sub"])),
        person_id=_text(tree["reviewer"]["person_id"]),
        channel=tree["channel"],
        iat=_time(tree["iat"]),
        exp=_time(tree["exp"]),
        nonce=_text(tree["nonce"]),
    )
    if (
        not 16 <= len(signed.nonce) <= 64
        or len(signed.reason) > MAX_REASON
        or len(set(signed.scope)) < len(signed.scope)
    ):
        raise ValueError("nonce, reason or scope")
    if len(signed.masking) > MAX_POINTERS or any(len(text) > MAX_POINTER for text in (*signed.masking, signed.result)):
        raise ValueError("extra masking")
    if not 0 < signed.exp - signed.iat <= MAX_LIFE_MS:
        raise ValueError("lifetime")
    return signed


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a string")
    return value


def _time(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a time")
    return value
