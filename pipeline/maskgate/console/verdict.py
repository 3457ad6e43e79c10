"""What the gate made of a signed input, and what that means now: how many agreed, who is needed, released or not."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool

from maskgate.approvals.decisions import judging, quorum
from maskgate.approvals.decisions.retracting import standing_votes
from maskgate.approvals.messages import plain
from maskgate.approvals.messages.votes import Signed
from maskgate.approvals.model import ItemState, RequestState
from maskgate.approvals.state import State
from maskgate.console.access import sees
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.index import Outcome
from maskgate.gate.view import View

Told = dict[str, Any]

MAX_WAIT_S = 25.0
SETTLE_S = 1.5
"""How long an answer waits for the release that follows an approval."""

_SAID = {"approve": "Your approval counts.", "deny": "Your denial counts.", "abstain": "Your abstention is noted."}
_ENDED = {
    ItemState.DENIED: "The request is denied; nothing leaves.",
    ItemState.EXPIRED: "The request expired; nothing leaves.",
    ItemState.WITHDRAWN: "The request is withdrawn; nothing leaves.",
    ItemState.REVOKED: "The approval is revoked; nothing leaves.",
    ItemState.LAPSED: "The release came too late and lapsed; nothing leaves.",
    ItemState.SUPERSEDED: "The rules changed meanwhile; a new request asks again.",
    ItemState.RECALLED: "It is recalled: a tombstone and a notice went out.",
    ItemState.RATIFIED: "The emergency release is ratified.",
    ItemState.CONDEMNED: "The emergency release is condemned and recalled.",
}
_REPEATED = "You said this before, and it counts once."
_UNCHANGED = (
    "The gate read it and nothing changed: it says what was said before, or it was refused with many like it, which "
    "the log counts together."
)
_ONE_MORE = "somebody else, whom none of them lately made a voter"


async def outcome(
    context: Context, topic: str, offset: int, wait_s: float, caller: Caller | None = None, said: Sequence[Signed] = ()
) -> Told:
    """What the gate made of a record, after waiting for it and for a release that follows at once."""
    until = time.monotonic() + min(wait_s, MAX_WAIT_S)
    await context.pulse.until(
        until, lambda: context.index.outcome_of(topic, offset) or context.is_decided(topic, offset)
    )
    if made := await run_in_threadpool(context.index.outcome_of, topic, offset):
        settle = min(until, time.monotonic() + SETTLE_S)
        await context.pulse.until(settle, lambda: _is_settled(made, _views(context, _ids(made))))
    return await run_in_threadpool(outcome_now, context, topic, offset, caller, said)


def outcome_now(
    context: Context, topic: str, offset: int, caller: Caller | None = None, said: Sequence[Signed] = ()
) -> Told:
    """What the gate made of a record: accepted, refused with its reason, unchanged, or nothing yet.

    A list of votes of which some were refused is accepted, with ``refused``. ``said`` is what stood in the record: of
    what the gate decided and logged nothing of it tells a repeat from one of a flood of refusals.
    """
    decided = context.is_decided(topic, offset)  # before looking: what was logged with it is in the index by then
    made = context.index.outcome_of(topic, offset)
    refused = [o for o in made if o.type == "refused"]
    if refused and len(refused) == len(made):
        return {"outcome": "refused", "code": refused[0].code, "message": refused[0].message, "offset": offset}
    if not made:
        return _nothing_logged(context, offset, caller, said) if decided else _pending(offset)
    ids = _ids(made)
    told: Told = {"outcome": "accepted" if ids else "pending", "offset": offset, "requests": ids}
    views = _views(context, ids)
    if not all(sees(caller, v) for v in views):
        return told | {"requests": []}
    known = [v for v in views if v.changed >= max((o.at for o in made), default=0)]
    told["standing"] = [standing(context.registry.state(), v.entry, context.clock()) for v in known]
    if refused:
        told["refused"] = [{"request_id": o.request_id, "code": o.code, "message": o.message} for o in refused]
    if ids:
        told["message"] = _message(made, told["standing"], refused)
    return told


def _pending(offset: int) -> Told:
    return {"outcome": "pending", "offset": offset, "requests": [], "standing": []}


def _nothing_logged(context: Context, offset: int, caller: Caller | None, said: Sequence[Signed]) -> Told:
    """The gate decided it and logged nothing: it says what was said before, or was one refusal too many of its kind."""
    views = [v for v in _views(context, [vote.request_id for vote in said]) if sees(caller, v)]
    at = {v.entry.request.request_id: v.entry for v in views}
    if not said or not all(vote.request_id in at and _stands(at[vote.request_id], vote) for vote in said):
        return {"outcome": "unchanged", "code": "unchanged", "message": _UNCHANGED, "offset": offset, "requests": []}
    stands = [standing(context.registry.state(), v.entry, context.clock()) for v in views]
    message = " ".join([_REPEATED, *(str(one["text"]) for one in stands if len(stands) == 1)])
    told = {"outcome": "accepted", "repeated": True, "offset": offset, "message": message}
    return told | {"requests": list(at), "standing": stands}


def _stands(entry: RequestState, vote: Signed) -> bool:
    """Whether the request holds just this as a word of its person already."""
    what = {"condemn": "deny", "ratify": "approve"}.get(vote.what, vote.what)
    place = entry.reviews if vote.what in ("ratify", "condemn") else entry.votes
    own = [old for old in place if old.person_id == vote.person_id]
    if any(old.nonce == vote.nonce for old in own):
        return True
    said = (what, vote.scope, vote.masking, vote.result if vote.masking else "")
    return bool(own) and (own[-1].decision, own[-1].scope, own[-1].masking, own[-1].result) == said


def _ids(made: Sequence[Outcome]) -> list[str]:
    return list(dict.fromkeys(o.request_id for o in made if o.type != "refused"))


def _views(context: Context, ids: Sequence[str]) -> list[View]:
    return [v for i in ids if (v := context.index.get(i)) is not None]


def _is_settled(made: Sequence[Outcome], views: Sequence[View]) -> bool:
    """Whether the view has what the log has, and a release that follows at once has happened."""
    at = max((o.at for o in made), default=0)
    return all(v.changed >= at and v.entry.state is not ItemState.APPROVED for v in views)


def standing(state: State, entry: RequestState, now_s: float) -> Told:
    """How a request stands with the people and the policy of now; groups are named, persons are not."""
    request, now = entry.request, int(now_s * 1000)
    in_review = bool(entry.glass) and entry.review is not None and entry.state is ItemState.RELEASED
    if in_review and entry.review is not None:
        asked, barred = entry.review, judging.barred(state, request)
        stands = quorum.standing(state.people, asked, barred, entry.reviews, now, state.policy.cooling_ms)
    else:
        asked = request.quorum
        pending = entry.in_state(ItemState.PENDING)
        votes = judging.covering(entry, pending) if pending else [([], standing_votes(entry.votes))]
        stands = max(
            (judging.closest(state, request, covering, now) for _, covering in votes),
            key=lambda s: (len(s.missing), bool(s.made_by)),
        )
    needed = sum(slot.n for slot in asked.all_of)
    missing = [{"group": plain.one_line(g, 80), "n": n} for g, n in Counter(stands.missing).items()]
    told = {
        "request_id": request.request_id,
        "state": entry.state.value.lower(),
        "agreed": needed - len(stands.missing),
        "needed": needed,
        "missing": missing,
        "one_more": bool(stands.made_by) and not missing and (in_review or entry.state is ItemState.PENDING),
        "items": {state.value.lower(): n for state, n in Counter(entry.states().values()).items()},
    }
    return told | {"text": _text(entry, told, in_review)}


def _text(entry: RequestState, told: Told, in_review: bool) -> str:
    tally = f"{told['agreed']} of {told['needed']} agreed"
    groups = ", ".join(f"{m['n']} of {m['group']}" for m in told["missing"])
    groups = groups or (_ONE_MORE if told["one_more"] else "nobody")
    if in_review:
        return f"It was released by breaking the glass; the review is due: {tally}, still needed: {groups}."
    if entry.partial:
        parts = ", ".join(f"{n} {state}" for state, n in told["items"].items())
        rest = f"; still needed: {groups}" if told["state"] == "pending" else ""
        return f"Of {sum(told['items'].values())} records: {parts}{rest}."
    if entry.state is ItemState.PENDING:
        return f"{tally}; still needed: {groups}. It stays held."
    if entry.state is ItemState.APPROVED:
        return f"{'The glass is broken' if entry.glass else tally}; it waits for its release."
    if entry.state is ItemState.RELEASED:
        return f"{tally}; " + ("the permit is issued." if entry.request.kind == "action" else "it is released.")
    return _ENDED[entry.state]


def _message(made: Sequence[Outcome], stands: Sequence[Told], refused: Sequence[Outcome]) -> str:
    """One sentence or two for who signed."""
    said = next((o.code for o in made if o.type == "vote_accepted"), "")
    parts = [_SAID[said]] if said in _SAID else []
    parts += ["Your vote is taken back."] if any(o.type == "vote_retracted" for o in made) else []
    if len(stands) == 1:
        parts.append(str(stands[0]["text"]))
    elif stands:
        states = ", ".join(f"{n} {state}" for state, n in Counter(s["state"] for s in stands).items())
        parts.append(f"Of {len(stands)} requests: {states}.")
    if refused:
        codes = ", ".join(f"{n} {code}" for code, n in Counter(o.code for o in refused).items())
        parts.append(f"Not counted: {codes}.")
    return " ".join(parts)
