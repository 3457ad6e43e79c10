"""Requests as people read them: values for the pages and for JSON. Text of strangers is made plain first."""

from __future__ import annotations

import difflib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from maskgate.approvals import events as ev
from maskgate.approvals import items, manifest, masking, plain, preview, quorum
from maskgate.approvals.model import OPEN, ItemState, RequestState
from maskgate.approvals.people import People
from maskgate.console.auth import Caller
from maskgate.console.index import LogLine, due_at
from maskgate.console.marks import highlight
from maskgate.errors import RecordError, RefusedError
from maskgate.streams.gate_view import View

_ASSURANCE = {
    "signed": "signed by the producer's enrolled key",
    "acl": "the only principal that may write the topic",
    "intake": "signed the call to the API",
    "unverified": "not verified: everybody declared for the topic is excluded from voting",
}
MAX_FIELDS = 60
MAX_ITEMS = 50


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One held record as a reviewer sees it."""

    id: str
    source: str
    size: str
    state: str
    raw: bool
    text: str = ""
    missing: str = ""
    fields: tuple[Mapping[str, Any], ...] = ()
    digest: str = ""

    @property
    def html(self) -> Markup:
        return highlight(self.text)


@dataclass(frozen=True, slots=True)
class Reader:
    """What the presenter looks things up with."""

    people: People
    read: Callable[[Sequence[int]], Mapping[int, bytes]]
    pipeline_keys: Mapping[str, bytes] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    tiers: tuple[str, ...] = ()

    def level(self, tier: str) -> str:
        """How a tier is coloured: by its place among the policy's tiers."""
        if tier not in self.tiers or len(self.tiers) == 1:
            return "standard"
        place = self.tiers.index(tier)
        return "low" if place == 0 else "high" if place == len(self.tiers) - 1 else "standard"

    def name(self, person_id: str) -> str:
        person = self.people.persons.get(person_id)
        return plain.one_line(person.name or person_id if person else person_id, 80)


def line(text: str, limit: int = 200) -> str:
    """Text of a stranger in one line."""
    return plain.one_line(text, limit)


def title(entry: RequestState) -> str:
    """What is asked for, in one sentence without a full stop."""
    request, action = entry.request, entry.request.action
    if request.kind == "export":
        n = len(request.items)
        source = ", ".join(dict.fromkeys(i.source.topic for i in request.items))
        what = f"{n:,} record{'s' if n != 1 else ''} of {line(source, 80)}"
        return f"{line(action.verb, 40).capitalize()} {what} to {line(action.destination, 80)}"
    return f"{line(action.verb, 80)} on {line(action.resource, 120)}" if action.resource else line(action.verb, 120)


def size(n: int) -> str:
    """A number of bytes for people."""
    return f"{n} B" if n < 1000 else f"{n / 1000:.1f} kB" if n < 1_000_000 else f"{n / 1_000_000:.1f} MB"


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


def entities(entry: RequestState) -> list[dict[str, Any]]:
    """Kinds that were found and their banded counts over all items."""
    total: dict[str, int] = {}
    for item in entry.request.items:
        for kind, n in item.entities:
            total[kind] = total.get(kind, 0) + n
    return [{"entity": line(k, 40), "band": preview.band(n)} for k, n in sorted(total.items(), key=lambda kn: -kn[1])]


def held_by(entry: RequestState) -> str:
    """The export rules that held the records."""
    rules = [r for r in dict.fromkeys(i.rule for i in entry.request.items) if r]
    return line(", ".join(rules), 200)


def slots(entry: RequestState, reader: Reader) -> list[dict[str, str]]:
    """Every person the quorum needs: its group, and who fills the slot by the authority of now."""
    request = entry.request
    now = int(reader.clock() * 1000)
    approving = [v for v in entry.votes if v.decision == "approve"]
    stands = quorum.standing(reader.people, request.quorum, request.exclusions, approving, now)
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
    denied = sum(1 for v in entry.votes if v.decision == "deny")
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
        "entities": entities(entry),
        "created": request.created,
        "changed": view.changed,
        "expires_at": request.expires_at,
        "left": time_left(entry, int(reader.clock() * 1000)),
        "needed_n": len(filled),
        "approved_n": approved,
        "denied_n": denied,
        "dots": ["on"] * approved + [""] * (len(filled) - approved) + ["off"] * denied,
        "mine_voted": bool(me and any(v.person_id == me.person_id for v in entry.votes)),
        "quiet": request.quiet,
    }


def shown_items(entry: RequestState, reader: Reader, limit: int = MAX_ITEMS) -> list[ShownItem]:
    """The items with their previews, computed here from the held bytes."""
    chosen = entry.request.items[:limit]
    raw = reader.read([i.offset for i in chosen])
    out = []
    for item in chosen:
        where = f"{item.source.topic}/{item.source.partition}/{item.source.offset}"
        state = entry.states()[item.item_id]
        base = (item.item_id, line(where, 160), size(item.size), state.value.lower(), item.raw)
        try:
            opened = items.parse_item(raw[item.offset], reader.pipeline_keys, item.offset)
        except KeyError:
            out.append(ShownItem(*base, missing="The held record is not on the topic any more; it cannot be released."))
            continue
        except RecordError as error:
            out.append(
                ShownItem(*base, missing=f"The held record does not verify ({error.code}); it cannot be released.")
            )
            continue
        if opened.item.masked_digest != item.masked_digest:
            out.append(
                ShownItem(*base, missing="The held record is not the one that was asked for; it cannot be released.")
            )
            continue
        text = preview.render(opened.value, opened.fields)
        out.append(ShownItem(*base, text=text, fields=opened.fields, digest=preview.digest(text)))
    return out


def masked_further(
    entry: RequestState, reader: Reader, pointers: Sequence[str], scope: Sequence[str] = ()
) -> tuple[str, list[str]]:
    """What extra masking leaves: the result digest that a vote carries, and the previews.

    Raises:
        RefusedError: ``not_readable`` where an item cannot be read, ``no_such_path`` where no item has a path.
    """
    chosen = [i for i in entry.request.items if not scope or i.item_id in scope]
    raw = reader.read([i.offset for i in chosen])
    rows, previews, present_somewhere = [], [], set()
    for item in chosen:
        try:
            opened = items.parse_item(raw[item.offset], reader.pipeline_keys, item.offset)
        except (KeyError, RecordError):
            raise RefusedError("not_readable", "a held record cannot be read; it cannot be masked further") from None
        value = masking.apply_where(opened.value, pointers)
        present_somewhere |= {p for p in pointers if masking.apply_where(opened.value, [p]) != opened.value}
        rows.append((item.item_id, items.masked_digest(opened.key, value, opened.headers)))
        previews.append(preview.render(value, opened.fields))
    if missing := [p for p in pointers if p not in present_somewhere]:
        raise RefusedError("no_such_path", f"no record has the path {line(missing[0], 120)}")
    return manifest.result_digest(rows), previews


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
        "sources": list(dict.fromkeys(line(i.source.topic, 100) for i in request.items)),
        "size": size(sum(i.size for i in request.items)),
        "topic": line(action.topic, 120),
        "outcome": line(action.expected_outcome, 1000),
        "purpose": line(action.purpose, 1000),
        "items": shown,
        "items_more": len(request.items) - len(shown),
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
        "votes": votes(entry, reader),
        "events": [_opened(entry), *(happening(h, reader) for h in history)],
        "can_vote": not cannot,
        "cannot": cannot,
        "readers": list(view.readers),
        "diff": difference(shown, text, last, reader, request.kind) if last else None,
        "diff_none": last is None,
        "glass": glass(entry, reader, history),
        "detectors": request.detectors,
    }


def merged_fields(shown: Sequence[ShownItem]) -> list[dict[str, Any]]:
    """What was found over all items, per path (array indexes as ``*``), kind and operator."""
    out: dict[tuple[str, str, str], dict[str, Any]] = {}
    for item in shown:
        for use in item.fields:
            path = preview.without_tokens(re.sub(r"/\d+(?=/|$)", "/*", str(use["path"])))
            key = (path, str(use["entity"]), str(use["operator"]))
            row = out.setdefault(
                key,
                {
                    "path": line(path, 200),
                    "entity": line(key[1], 40),
                    "operator": line(key[2], 40),
                    "count": 0,
                    "score": 1.0,
                },
            )
            row["count"] += int(use["count"])
            row["score"] = min(row["score"], float(use["score"]))
    for row in out.values():
        row["band"] = preview.band(row.pop("count"))
    return list(out.values())


def votes(entry: RequestState, reader: Reader) -> list[dict[str, Any]]:
    """The votes, oldest first."""
    return [
        {
            "name": reader.name(v.person_id),
            "person_id": v.person_id,
            "decision": v.decision,
            "reason": line(v.reason, 500),
            "at": v.at,
            "channel": v.channel,
            "groups": list(v.groups),
            "scope_n": len(v.scope),
            "for": [reader.name(d) for d in v.delegators],
        }
        for v in (*entry.votes, *entry.reviews)
    ]


def glass(entry: RequestState, reader: Reader, history: Sequence[LogLine]) -> dict[str, Any] | None:
    """Who broke the glass and why."""
    broken = next((h.event for h in history if isinstance(h.event, ev.GlassBroken)), None)
    if not entry.glass:
        return None
    return {
        "name": reader.name(entry.glass),
        "due": entry.review_due,
        "reason": line(broken.reason, 500) if broken else "",
    }


def happening(at: LogLine, reader: Reader) -> dict[str, Any]:
    """One event of the log as a sentence."""
    return {"offset": at.offset, "at": at.event.meta.at, "text": _sentence(at.event, reader), "type": at.event.type}


def _opened(entry: RequestState) -> dict[str, Any]:
    return {"offset": -1, "at": entry.request.created, "text": "Opened", "type": "request_opened"}


def _sentence(event: ev.Event, reader: Reader) -> str:
    if isinstance(event, ev.RequestOpened):
        return "Opened"
    if isinstance(event, ev.VoteAccepted):
        verb = {"approve": "approved", "deny": "denied", "abstain": "abstained"}[event.vote.decision]
        return f"{reader.name(event.vote.person_id)} {verb}"
    if isinstance(event, ev.Moved):
        by = f" by {', '.join(reader.name(p) for p in event.by)}" if event.by else ""
        rule = f" by rule {line(event.rule, 80)}" if event.rule and not event.by else ""
        return f"{event.to.value.capitalize()}{by}{rule}" + (f": {line(event.reason, 200)}" if event.reason else "")
    if isinstance(event, ev.Refused):
        return f"Refused ({event.code}): {line(event.message, 200)}"
    if isinstance(event, ev.GlassBroken):
        return f"{reader.name(event.person_id)} broke the glass"
    if isinstance(event, ev.Escalated):
        told = ", ".join(reader.name(p) for p in event.persons)
        return f"{event.percent} % of the time is over" + (f"; told {told}" if told else "")
    if isinstance(event, ev.RequestRepeated):
        return f"Asked again ({event.count + 1} times)"
    if isinstance(event, ev.PermitIssued):
        return "Permit issued"
    if isinstance(event, ev.PermitRedeemed):
        return "Permit spent"
    return event.type.replace("_", " ").capitalize()


def difference(shown: Sequence[ShownItem], text: str, last: View, reader: Reader, kind: str) -> dict[str, Any]:
    """How this preview differs from the last approved one of the same kind."""
    if kind == "export":
        before = "\n".join(i.text for i in shown_items(last.entry, reader, 3)).splitlines()
        after = "\n".join(i.text for i in shown[:3]).splitlines()
    else:
        before, after = preview.action_text(last.entry.request.action).splitlines(), text.splitlines()
    raw = difflib.unified_diff(before, after, lineterm="", n=2)
    lines = [{"op": x[:1], "text": x[1:]} for x in raw if not x.startswith(("---", "+++", "@@"))]
    last_id = last.entry.request.request_id
    return {"id": last_id, "short": last_id[-8:], "at": last.changed, "lines": lines[:200]}


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
            "problem": i.missing,
        }
        for i in detail_of["items"]
    ]
    return dict(json.loads(json.dumps(out, default=str)))
