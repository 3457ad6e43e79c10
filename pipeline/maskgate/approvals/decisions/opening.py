"""Opening a request: who may not vote, which tier, until when; and what counts against floods."""

from __future__ import annotations

import base64
from dataclasses import replace

from maskgate.approvals.commands import Command, OpenAction, OpenExport
from maskgate.approvals.decisions import risk
from maskgate.approvals.decisions.refusals import No, meta
from maskgate.approvals.decisions.risk import Facts
from maskgate.approvals.events import Event, Moved, RequestOpened, RequestRepeated
from maskgate.approvals.messages import actions, manifest, preview
from maskgate.approvals.model import Action, Exclusions, Item, ItemState, Quorum, Request, Requester
from maskgate.approvals.state import State, accounts, requester_key
from maskgate.approvals.store import long_id
from maskgate.base.errors import RecordError
from maskgate.crypto import canonical
from maskgate.people.registry import People


def open_export(state: State, command: OpenExport, now: int) -> list[Event]:
    """Events of an export request."""
    requester = _fresh(state, command)
    _check_items(state, command)
    sources = {item.source.topic for item in command.items}
    if not command.topic or any(topic_of(state, command.destination, s) != command.topic for s in sources):
        raise No("unknown_destination", "the policy in force has no such destination for this topic")
    facts = Facts(
        requester,
        command.verb,
        command.destination,
        _asked(state, command),
        command.items,
        novel=_pair(state, requester, command.destination) not in state.known,
    )
    action = Action(
        command.verb,
        command.destination,
        command.topic,
        purpose=command.purpose,
        expected_outcome=command.expected_outcome,
        raw=any(item.raw for item in command.items),
    )
    semantic = semantic_key(requester, action, command.rule, tuple(facts.entities()))
    like = state.alike.get(bytes.fromhex(semantic))
    quiet = like is not None or _over_cap(state, requester)
    request = _request(state, command, now, facts, action, semantic, quiet)
    out: list[Event] = [RequestOpened(meta=meta(state, command, now), request=request)]
    if like is not None:
        first = state.requests[long_id(like)]
        out.append(_repeated(state, command, now, first.request.request_id, first.repeats + 1))
    return out + approved_by_rule(state, command, now, request)


def open_action(state: State, command: OpenAction, now: int) -> list[Event]:
    """Events of an action request."""
    try:
        keys = state.people.role_keys("intake")
        requester, action, iat, nonce = actions.read(command.envelope, keys)
    except RecordError as error:
        raise No(error.code, error.detail) from None
    requester = replace(requester, assurance="unverified" if requester.assurance == "unverified" else "intake")
    if abs(now - iat) > actions.MAX_AGE_MS:
        raise No("stale", "the request was signed too long ago, or the clocks differ; ask again")
    if nonce in state.nonces:
        raise No("replayed", "this request was made before")
    if action.destination and action.destination not in state.destinations:
        raise No("unknown_destination", "the policy in force has no such destination")
    texts = (action.verb, action.resource, action.purpose, action.expected_outcome)
    if state.guard is not None and any(state.guard(text) for text in texts):
        raise No("secret_in_text", "a text of the request holds personal data or a secret; write it without")
    semantic = semantic_key(requester, action, "", ())
    like = state.alike.get(bytes.fromhex(semantic))
    if like is not None:
        first = state.requests[long_id(like)]
        return [_repeated(state, command, now, first.request.request_id, first.repeats + 1)]
    if _over_cap(state, requester):
        raise No("over_cap", "too many open requests of this requester; wait for a decision or withdraw some")
    novel = _pair(state, requester, action.verb) not in state.known
    facts = Facts(requester, action.verb, action.destination, "", novel=novel, is_action=True)
    request = _request(state, command, now, facts, action, semantic, False, signed_nonce=nonce)
    envelope = base64.b64encode(command.envelope).decode()
    opened = RequestOpened(meta=meta(state, command, now), request=request, envelope=envelope)
    return [opened, *approved_by_rule(state, command, now, request)]


def exclusions(people: People, requester: Requester) -> Exclusions:
    """Requester, everyone on whose behalf, owners, everybody declared, with every account that the registry links."""
    principals = people.behind(accounts(requester))
    persons = {person_id for principal in principals for person_id in people.standing_behind(principal)}
    linked = [a for person_id in sorted(persons) for a in people.persons[person_id].accounts]
    return Exclusions(tuple(sorted(persons)), tuple(sorted({*principals, *linked})))


def topic_of(state: State, destination: str, source_topic: str) -> str:
    """The topic that an alias means for records of a source topic; "" where the policy has no such alias."""
    return state.destinations.get(destination, "").replace("{topic}", source_topic)


def semantic_key(requester: Requester, action: Action, rule: str, entities: tuple[str, ...]) -> str:
    """Equal for requests that ask for the same thing, for the same people.

    For whom is part of it: else somebody whose question was answered with an open request of another person's would not
    be excluded from deciding it.
    """
    return canonical.digest(
        [
            "semantic.v2",
            [requester.iss, requester.sub],
            sorted([p.iss, p.sub] for p in {*accounts(requester)}),
            [action.verb, action.destination, action.topic, action.resource, action.purpose, action.arguments],
            rule,
            sorted(entities),
        ]
    )[:32]


def known_pair(state: State, request: Request) -> bytes:
    """What novelty remembers of a request."""
    return _pair(
        state, request.requester, request.action.destination if request.kind == "export" else request.action.verb
    )


def _request(
    state: State,
    command: OpenExport | OpenAction,
    now: int,
    facts: Facts,
    action: Action,
    semantic: str,
    quiet: bool,
    signed_nonce: str = "",
) -> Request:
    policy, whose = state.policy, requester_key(state.people, facts.requester)
    spent = risk.spent(state, whose, facts, now)
    found = risk.assess(policy, facts, *risk.over_budget(policy, spent))
    tier = policy.tiers[found.tier]
    frozen = any(f.covers(action.verb, action.destination, now) for f in policy.freeze)
    shown = facts.is_action or all(item.preview for item in facts.items)
    auto = found.auto and not frozen and shown
    if found.auto and not auto:
        found = _by_hand(state, found)
        tier = policy.tiers[found.tier]
    sampled = not auto and risk.drawn(tier, command.nonce)
    items: tuple[Item, ...] = facts.items
    return manifest.sealed(
        Request(
            request_id=command.request_id,
            kind="action" if facts.is_action else "export",
            requester=facts.requester,
            action=action,
            items=items,
            manifest_root=manifest.action_root(action.arguments)
            if facts.is_action
            else manifest.root(items, action.topic),
            policy=state.policy_ref,
            tier=found.tier,
            rule=found.rule,
            quorum=Quorum((), 1) if auto else risk.quorum_of(policy, found, sampled),
            exclusions=exclusions(state.people, facts.requester),
            created=now,
            expires_at=now + int(tier.expires * 1000),
            release_ttl_ms=int(tier.release_ttl * 1000),
            semantic_key=semantic,
            whose=whose,
            nonce=command.nonce,
            origin=signed_nonce,
            detectors=command.detectors if isinstance(command, OpenExport) else "",
            quiet=quiet and not auto,
            sampled=sampled,
            auto=auto,
            floor=found.floor,
            novel=facts.novel,
            escalate_at=policy.escalate_at,
            seen_digest=preview.seen(action, [item.preview for item in items]),
            asked=facts.asked_tier,
            export_rules=state.exports.about(action, items) if state.exports and not facts.is_action else "",
            spent=tuple((name, *amount) for name, amount in spent.items()),
        )
    )


def _by_hand(state: State, found: risk.Assessment) -> risk.Assessment:
    """The assessment of what a rule could have approved, but may not now: the lowest tier with a quorum."""
    policy = state.policy
    name = next(n for n, t in policy.tiers.items() if policy.rank(n) >= policy.rank(found.tier) and t.quorum.all_of)
    return risk.Assessment(name, f"{found.rule}, not by rule", found.floor, False)


def approved_by_rule(state: State, command: Command, now: int, request: Request) -> list[Event]:
    """The approval of a request that needs no votes."""
    if not request.auto:
        return []
    return [
        Moved(
            meta=meta(state, command, now),
            request_id=request.request_id,
            to=ItemState.APPROVED,
            rule=f"auto:{request.tier}",
            reason=request.rule,
            deadline=now + request.release_ttl_ms,
        )
    ]


def _check_items(state: State, command: OpenExport) -> None:
    caps, workers = state.policy.caps, state.people.role_keys("pipeline")
    if not command.items:
        raise No("no_items", "a request has at least one item")
    if len(command.items) > caps.items_per_request or sum(i.size for i in command.items) > caps.bytes_per_request:
        raise No("too_large", "more items or bytes than a request may have; split it")
    if any(item.signer not in workers for item in command.items):
        raise No("wrong_signer", "an export item is signed by an enrolled pipeline key")
    if any(len(item.item_id) != 32 for item in command.items):
        raise No("malformed_item", "an item id has 32 hex digits")
    ids = {bytes.fromhex(item.item_id) for item in command.items}
    if len(ids) < len(command.items) or any(item_id in state.items for item_id in ids):
        raise No("replayed_item", "this item is part of a request already")
    if command.request_id in state.requests:
        raise No("replayed", "there is a request with this id")


def _asked(state: State, command: OpenExport) -> str:
    """The tier that the worker proposed, or a higher one that the exports in force state."""
    policy = state.policy
    if state.exports is None or not command.tier:
        return command.tier
    stated = state.exports.least(command.rule, command.destination)
    return policy.highest(command.tier, *(tier or policy.default_tier or policy.top for tier in stated))


def _fresh(state: State, command: OpenExport) -> Requester:
    """The requester; a signed header that was used before vouches for nobody any more."""
    requester = command.requester
    if requester.assurance != "signed" or not any(item.origin in state.nonces for item in command.items):
        return requester
    return Requester(
        "unverified",
        command.items[0].source.topic,
        declared=tuple(dict.fromkeys((*accounts(requester), *requester.declared))),
    )


def _over_cap(state: State, requester: Requester) -> bool:
    return state.open_count.get(requester_key(state.people, requester)) >= state.policy.caps.open_per_requester


def _pair(state: State, requester: Requester, target: str) -> bytes:
    return bytes.fromhex(canonical.digest(["pair.v1", requester_key(state.people, requester), target]))[:16]


def _repeated(state: State, command: Command, now: int, request_id: str, count: int) -> RequestRepeated:
    return RequestRepeated(meta=meta(state, command, now), request_id=request_id, count=count)


def joined(a: Exclusions, b: Exclusions) -> Exclusions:
    """Everybody who is in one or the other."""
    return Exclusions(
        tuple(sorted({*a.persons, *b.persons})),
        tuple(sorted({*a.principals, *b.principals})),
    )
