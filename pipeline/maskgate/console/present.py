"""Requests as people read them: values for the queue, the page and JSON. Text of strangers is made plain first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from maskgate.approvals.decisions import judging, quorum
from maskgate.approvals.decisions.retracting import standing_votes
from maskgate.approvals.messages import preview
from maskgate.approvals.model import OPEN, ItemState, RequestState
from maskgate.console import history as past
from maskgate.console.auth import Caller
from maskgate.console.index import LogLine, due_at
from maskgate.console.marks import highlight
from maskgate.console.previews import difference, merged_fields, shown_items, size
from maskgate.console.reader import Reader, line
from maskgate.gate.view import View

_ASSURANCE = {
    "signed": "signed by the producer's enrolled key",
    "acl": "the only principal that may write the topic",
    "intake": "signed the call to the API",
    "unverified": "not verified: everybody declared for the topic is excluded from voting",
}
MAX_FIELDS = 60
LEFT = frozenset({ItemState.RELEASED, ItemState.RECALLED, ItemState.RATIFIED, ItemState.CONDEMNED})
"""States of what has left, whatever became of it then."""


def title(entry: RequestState) -> str:
    """What is asked for, in one sentence without a full stop."""
    request, action = entry.request, entry.request.action
    if request.kind == "export":
        n = len(request.items)
        source = ", ".join(dict.fromkeys(i.source.topic for i in request.items))
        what = f"{n:,} record{'s' if n != 1 else ''} of {line(source, 80)}"
        return f"{line(action.verb, 40).capitalize()} {what} to {line(action.destination, 80)}"
    return f"{line(action.verb, 80)} on {line(action.resource, 120)}" if action.resource else line(action.verb, 120)


def spell_left(ms: float) -> str:
    """Time left for people."""
    if ms <= 0:
        return "time is over"
    s = int(ms // 1000)
    if s < 60:
        return f"{s} s left"
    if s < 3600:
        return f"{s // 60} min {f'{s % 60} s ' if s < 600 else ''}left"
    if s < 86400:
        return f"{s // 3600} h {s % 3600 // 60} min left"
    return f"{s // 86400} d {s % 86400 // 3600} h left"


def time_left(entry: RequestState, now_ms: int) -> dict[str, Any] | None:
    """How long until the request changes by itself."""
    until = due_at(entry)
    if not until or entry.state not in OPEN:
        return None
    pending = entry.state is ItemState.PENDING
    begin = entry.request.created if pending else until - entry.request.release_ttl_ms
    total = max(1, until - begin)
    share = max(0.0, min(1.0, (until - now_ms) / total))
    level = "urgent" if share < 0.1 else "soon" if share < 0.3 else ""
    label = "Time to decide" if pending else "Time to release"
    return {
        "until_ms": until,
        "total_ms": total,
        "share": round(share * 100, 1),
        "level": level,
        "label": label,
        "text": spell_left(until - now_ms),
    }


def requester(entry: RequestState) -> dict[str, Any]:
    """Who asks."""
    who = entry.request.requester
    name = f"unverified producer of {who.sub}" if who.assurance == "unverified" else who.sub
    return {
        "name": line(name, 120),
        "sub": line(who.sub, 120),
        "iss": line(who.iss, 120),
        "kind": who.kind,
        "assurance": who.assurance,
        "assurance_text": _ASSURANCE[who.assurance],
    }


def entities(view: View) -> list[dict[str, Any]]:
    """Kinds that were found and their banded counts over all items."""
    return [{"entity": line(kind, 40), "band": band} for kind, band in view.found]


def held_by(entry: RequestState) -> str:
    """The export rules that held the records."""
    rules = [r for r in dict.fromkeys(i.rule for i in entry.request.items) if r]
    return line(", ".join(rules), 200)


def _standing(entry: RequestState, reader: Reader) -> quorum.Standing:
    request, now = entry.request, int(reader.clock() * 1000)
    approving = [v for v in standing_votes(entry.votes) if v.decision == "approve"]
    return quorum.standing(reader.people, request.quorum, request.exclusions, approving, now, reader.cooling_ms)


def makers(entry: RequestState, reader: Reader) -> list[str]:
    """Who made all these voters, where every slot is filled and the gate holds it back for just that."""
    if entry.state is not ItemState.PENDING:
        return []
    stands = _standing(entry, reader)
    return [] if stands.missing else [reader.name(person) for person in stands.made_by]


def slots(entry: RequestState, reader: Reader) -> list[dict[str, str]]:
    """Every person the quorum needs: its group, and who fills the slot by the authority of now."""
    request, stands = entry.request, _standing(entry, reader)
    missing = list(stands.missing)
    persons = list(stands.counted)
    out = []
    for slot in request.quorum.all_of:
        for _ in range(slot.n):
            if slot.group in missing:
                missing.remove(slot.group)
                out.append({"group": slot.group, "person": ""})
            else:
                out.append({"group": slot.group, "person": reader.name(persons.pop(0)) if persons else "filled"})
    return out


def may_vote(entry: RequestState, me: Caller | None, reader: Reader) -> str:
    """ "" if this person may vote on it, else why not."""
    if me is None or not me.person_id:
        return "Sign in with your key to vote."
    if entry.state is not ItemState.PENDING:
        return (
            "Nothing is left to decide here."
            if entry.state is not ItemState.APPROVED
            else "Approved; it is being released."
        )
    if quorum.is_excluded(reader.people, entry.request.exclusions, me.person_id):
        return "You are excluded: you asked for it, own the agent, or it was asked on your behalf."
    if not {s.group for s in entry.request.quorum.all_of} & set(me.groups):
        lent = reader.people.lent_to(me.person_id, int(reader.clock() * 1000))
        if not {s.group for s in entry.request.quorum.all_of} & {g for d in lent for g in d.groups}:
            return (
                "You are in none of the groups that decide this: "
                + ", ".join(s.group for s in entry.request.quorum.all_of)
                + "."
            )
    return ""


def brief(view: View, reader: Reader, me: Caller | None = None) -> dict[str, Any]:
    """What the queue shows of a request."""
    entry = view.entry
    request = entry.request
    filled = slots(entry, reader) if entry.state in OPEN else []
    approved = sum(1 for s in filled if s["person"])
    denied = sum(1 for v in standing_votes(entry.votes) if v.decision == "deny")
    return {
        "id": request.request_id,
        "request_id": request.request_id,
        "short": request.request_id[-8:],
        "state": entry.state.value.lower(),
        "open": entry.state in OPEN,
        "kind": request.kind,
        "title": title(entry),
        "tier": request.tier,
        "tier_level": reader.level(request.tier),
        "verb": line(request.action.verb, 80),
        "destination": line(request.action.destination, 80),
        "resource": line(request.action.resource, 200),
        "rule": held_by(entry),
        "why_tier": line(request.rule, 200),
        "purpose": line(request.action.purpose, 300),
        "requester": requester(entry),
        "for_whom": [line(p.sub, 80) for p in request.requester.on_behalf_of],
        "entities": entities(view),
        "created": request.created,
        "changed": view.changed,
        "expires_at": request.expires_at,
        "left": time_left(entry, int(reader.clock() * 1000)),
        "needed_n": len(filled),
        "approved_n": approved,
        "denied_n": denied,
        "made_by": makers(entry, reader),
        "dots": ["on"] * approved + [""] * (len(filled) - approved) + ["off"] * denied,
        "mine_voted": bool(me and any(v.person_id == me.person_id for v in standing_votes(entry.votes))),
        "quiet": request.quiet,
    }


def can_retract(entry: RequestState, me: Caller | None) -> bool:
    """Whether a vote of theirs stands on what is pending, that is no denial."""
    if me is None or not me.person_id:
        return False
    stands = [v for i in entry.in_state(ItemState.PENDING) for v in judging.votes_on(entry, i)]
    return any(v.person_id == me.person_id and v.decision != "deny" for v in stands)


def detail(
    view: View, reader: Reader, me: Caller | None, history: Sequence[LogLine], last: View | None
) -> dict[str, Any]:
    """Everything a reviewer sees of a request."""
    entry = view.entry
    request, action = entry.request, entry.request.action
    shown = shown_items(entry, reader)
    cannot = may_vote(entry, me, reader)
    fields = merged_fields(shown)
    text = preview.action_text(action)
    excluded = [reader.name(p) for p in request.exclusions.persons]
    excluded += [line(p.sub, 80) for p in request.exclusions.principals if not reader.people.person_of(p)]
    return brief(view, reader, me) | {
        "raw": action.raw,
        "partial": entry.partial,
        "sampled": request.sampled,
        "auto": request.auto,
        "duplicates": entry.repeats,
        "repeated": past.repeated(entry.repeats, request.kind) if entry.repeats else "",
        "left_already": entry.state in LEFT,
        "sources": list(dict.fromkeys(line(i.source.topic, 100) for i in request.items)),
        "size": size(sum(i.size for i in request.items)),
        "topic": line(action.topic, 120),
        "outcome": line(action.expected_outcome, 1000),
        "purpose": line(action.purpose, 1000),
        "items": shown,
        "items_n": len(request.items),
        "items_more": len(request.items) - len(shown),
        "items_next": request.items[len(shown)].item_id if len(request.items) > len(shown) else "",
        "fields": fields[:MAX_FIELDS],
        "fields_more": max(0, len(fields) - MAX_FIELDS),
        "arguments_text": text,
        "arguments_html": highlight(text),
        "policy": {"id": request.policy.id, "version": request.policy.version, "digest": request.policy.digest},
        "owner": line(str(request.requester.owner.sub), 80) if request.requester.owner else "",
        "excluded": list(dict.fromkeys(excluded)),
        "digest": request.digest,
        "manifest_root": request.manifest_root,
        "slots": slots(entry, reader),
        "votes": past.votes(entry, reader),
        "events": [past.opened(entry), *(past.happening(h, reader, request.kind) for h in history)],
        "can_vote": not cannot,
        "can_retract": can_retract(entry, me),
        "cannot": cannot,
        "readers": list(view.readers),
        "diff": difference(shown, text, last, reader, request.kind) if last else None,
        "diff_none": last is None,
        "glass": past.glass(entry, reader, history),
        "detectors": request.detectors,
    }


def as_json(detail_of: Mapping[str, Any]) -> dict[str, Any]:
    """The detail for the API: no markup, items as plain values."""
    out = {k: v for k, v in detail_of.items() if not k.endswith("_html")}
    out["items"] = [
        {
            "item_id": i.id,
            "source": i.source,
            "state": i.state,
            "raw": i.raw,
            "preview": i.text,
            "preview_digest": i.digest,
            "left_off": i.left_off,
            "problem": i.missing,
        }
        for i in detail_of["items"]
    ]
    return dict(json.loads(json.dumps(out, default=str)))
