"""What the gate lets in: every kind of signed message, checked for its types, lengths and hex before anything reads it.

A message that passes cannot stop the gate by what it is made of. The models look at what the gate stores, looks up or
computes with; whether a message is true (signature, person, digests, time) is judged later, by the machine.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maskgate.approvals.messages import actions, items, votes
from maskgate.base.errors import RecordError
from maskgate.crypto import canonical, signing
from maskgate.people import bodies
from maskgate.people import changes as people_changes

Text = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(max_length=512)]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Mac = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Whole = Annotated[int, Field(ge=0, le=canonical.MAX_INT)]
Nonce = Annotated[str, Field(min_length=16, max_length=64)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", defer_build=True)


class _Exact(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


class _Account(_Model):
    iss: Name
    sub: Name


class _Requester(_Account):
    kind: Literal["human", "agent", "service", "unknown"]
    assurance: Literal["signed", "acl", "intake", "unverified"]
    on_behalf_of: tuple[_Account, ...] = Field(max_length=200)
    owner: _Account | None
    declared: tuple[_Account, ...] = Field(max_length=200)
    session: Annotated[str, Field(max_length=64)]


class _Source(_Model):
    topic: Annotated[str, Field(min_length=1, max_length=249)]
    partition: Whole
    offset: Whole


class _Declared(_Model):
    expected_outcome: Text = ""


class _Export(_Model):
    rule: Name = ""
    destination: Name = ""
    topic: Name = ""
    verb: Name = "export"
    purpose: Text = ""
    tier: Name = ""
    declared: _Declared | None = None


class _Use(_Model):
    path: Annotated[str, Field(max_length=65_536)]
    entity: Name
    operator: Name
    score: Annotated[float, Field(ge=0, le=1)]
    count: Whole


class _PolicyRef(_Model):
    id: Name
    version: Name
    digest: Name


class _Item(_Model):
    item_id: Id
    source: _Source
    timestamp_ms: Annotated[int, Field(ge=-1, le=canonical.MAX_INT)]
    destination: Name
    topic: Name
    export: _Export
    requester: _Requester
    policy: _PolicyRef
    detectors: Name
    key: str | None
    value: str
    headers: tuple[tuple[str, str | None], ...] = Field(max_length=10_000)
    blind: Mac
    stand_ins: tuple[tuple[Name, Whole, Whole, Name], ...] = Field(max_length=items.MAX_STAND_INS)
    sealed: str | None
    masked_digest: Mac
    content_mac: Mac
    key_mac: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")]
    fields: tuple[_Use, ...]
    subjects: tuple[Annotated[str, Field(min_length=1, max_length=128)], ...] = Field(max_length=items.MAX_SUBJECTS + 1)
    created: Whole


class _Deleted(_Model):
    domain: Literal["source_deleted.v1"]
    source: _Source
    key_mac: Id


class _Action(_Model):
    domain: Literal["action.v1"]
    requester: _Requester
    verb: Annotated[str, Field(min_length=1, max_length=512)]
    resource: Text
    destination: Text
    purpose: Text
    expected_outcome: Annotated[str, Field(min_length=1, max_length=4000)]
    arguments: Annotated[str, Field(max_length=actions.MAX_ARGUMENTS)]
    iat: Whole
    nonce: Nonce


class _Redeem(_Model):
    permit: Annotated[str, Field(max_length=1 << 20)]
    arguments: Annotated[str, Field(max_length=actions.MAX_ARGUMENTS)]
    proof: Annotated[str, Field(max_length=1 << 14)] = ""


class _Reviewer(_Exact):
    iss: Name
    sub: Name
    person_id: Name


class _Said(_Exact):
    request_id: Annotated[str, Field(max_length=64)]
    request_digest: Name
    manifest_root: Name
    policy_digest: Name
    reviewer: _Reviewer
    reason: Annotated[str, Field(max_length=votes.MAX_REASON)]
    channel: Literal["cli", "console", "api", "tui", "webauthn", "session"]
    iat: Whole
    exp: Whole
    nonce: Nonce
    scope: tuple[Annotated[str, Field(max_length=64)], ...] = Field(max_length=500)


class _Vote(_Said):
    domain: Literal["vote.v1"]
    decision: Literal["approve", "deny", "abstain"]
    extra_masking: tuple[Annotated[str, Field(max_length=votes.MAX_POINTER)], ...] = Field(
        max_length=votes.MAX_POINTERS
    )
    result_digest: Name
    seen_digest: Name


class _Act(_Said):
    domain: Literal["act.v1"]
    act: Literal["revoke", "recall", "withdraw", "break_glass", "ratify", "condemn"]


class _Retraction(_Said):
    domain: Literal["retract.v1"]


class _Bulk(_Exact):
    domain: Literal["bulk.v1"]
    votes: tuple[str, ...] = Field(min_length=1, max_length=votes.MAX_BULK)


class _Change(_Exact):
    domain: Literal["people.v1"]
    change: str
    body: dict[str, Any]
    iat: Whole
    nonce: Nonce


REQUESTS: dict[str, tuple[type[BaseModel], str]] = {
    items.PAYLOAD_TYPE: (_Item, "malformed_item"),
    items.DELETED_TYPE: (_Deleted, "malformed_item"),
    actions.PAYLOAD_TYPE: (_Action, "malformed_action"),
    actions.REDEEM_TYPE: (_Redeem, "malformed_action"),
}
BALLOTS: dict[str, tuple[type[BaseModel], str]] = {
    votes.VOTE_TYPE: (_Vote, "malformed_vote"),
    votes.ACT_TYPE: (_Act, "malformed_vote"),
    votes.RETRACT_TYPE: (_Retraction, "malformed_vote"),
    votes.BULK_TYPE: (_Bulk, "malformed_vote"),
}
PEOPLE: dict[str, tuple[type[BaseModel], str]] = {people_changes.PAYLOAD_TYPE: (_Change, "malformed_change")}


def enter(raw: bytes, kinds: dict[str, tuple[type[BaseModel], str]]) -> str:
    """The payload type of a message of one of these kinds, whose form is right.

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type``, or the code of the kind. No text of it holds a value.
    """
    envelope = signing.parse(raw)
    if envelope.payload_type not in kinds:
        raise RecordError("wrong_type", "a message of this kind does not belong on this topic")
    model, code = kinds[envelope.payload_type]
    _fits(model, envelope.payload, code)
    if model is _Bulk:
        for text in canonical.loads(envelope.payload)["votes"]:
            _fits(_Vote, text.encode(), code)
    if model is _Change:
        tree = canonical.loads(envelope.payload)
        bodies.check(tree["change"], tree["body"])
    return envelope.payload_type


def _fits(model: type[BaseModel], payload: bytes, code: str) -> None:
    try:
        model.model_validate_json(payload)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_url=False, include_input=False)[0]["loc"])
        told = f": {place}" if place and place.replace("_", "").replace(".", "").isalnum() and len(place) < 80 else ""
        raise RecordError(code, f"the signed payload is not of this version{told}") from None
