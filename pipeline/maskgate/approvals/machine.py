"""The state machine of the approval stage: ``decide`` says what happens, ``fold`` makes it so.

``decide`` reads the state, verifies every signature a command carries and answers with events; it never changes
anything and never raises for what a stranger sent. ``fold`` applies events, in log order, and nothing else changes the
state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from maskgate.approvals import commands, lock_out
from maskgate.approvals.commands import ChangePeople, Command, LoadPeople, LoadPolicy, SourceDeleted
from maskgate.approvals.decisions import opening, releasing, voting
from maskgate.approvals.decisions.refusals import No, meta, refused
from maskgate.approvals.events import Event, Moved, PeopleChanged, PeopleLoaded, PolicyLoaded
from maskgate.approvals.messages import items, votes
from maskgate.approvals.model import OPEN, ItemState
from maskgate.approvals.reducer import apply, refuse_unsound
from maskgate.approvals.snapshot import restore, snapshot, split
from maskgate.approvals.state import State, deadline_of
from maskgate.approvals.store import from_json, long_id, pack, to_json, unpack
from maskgate.base.errors import ConfigurationError, RecordError, RefusedError
from maskgate.people import changes as people_changes
from maskgate.people import file as people_file

__all__ = [
    "State",
    "deadline_of",
    "decide",
    "fold",
    "from_json",
    "pack",
    "refuse_unsound",
    "restore",
    "snapshot",
    "split",
    "to_json",
    "unpack",
]


def decide(state: State, command: Command, now: int) -> list[Event]:
    """What happens because of a command at broker time ``now`` (ms). Nothing to do: an empty list."""
    try:
        return _HANDLERS[type(command)](state, command, now)
    except No as no:
        return [refused(state, command, now, no, _request_id(command))]
    except RecordError as error:
        return [refused(state, command, now, No(error.code, error.detail), _request_id(command))]


def fold(state: State, events: Event | Iterable[Event]) -> State:
    """The state after these events. The given state is changed in place and returned.

    Raises:
        ValueError: an event that no state machine could have logged here; stop, the log is not ours.
    """
    for event in events if isinstance(events, Iterable) else (events,):
        apply(state, event)
        state.position += 1
    return state


def _load_policy(state: State, command: LoadPolicy, now: int) -> list[Event]:
    if command.ref == state.policy_ref and command.exports == state.exports:
        return []
    if state.people.persons:
        _refuse_lock_out(state, command.approvals, now)
    return [
        PolicyLoaded(
            meta=meta(state, command, now),
            ref=command.ref,
            approvals=command.approvals.model_dump_json(),
            destinations=tuple(sorted(command.destinations.items())),
            exports=command.exports.model_dump_json() if command.exports else "",
            signers=command.signers,
        )
    ]


def _load_people(state: State, command: LoadPeople, now: int) -> list[Event]:
    digest = people_file.digest(command.document)
    if digest == state.people.file_digest:
        return []
    try:
        people = people_changes.reload(state.people, command.document, digest, now)
        if state.policy_ref.digest:
            lock_out.refuse_lock_out(people, state.policy, now)
    except ConfigurationError as error:
        raise No("bad_people", str(error)) from None
    return [PeopleLoaded(meta=meta(state, command, now), document=command.document.decode(), digest=digest)]


def _change_people(state: State, command: ChangePeople, now: int) -> list[Event]:
    try:
        tree = people_changes.verified(state.people, command.envelope, now)
        after = people_changes.applied(state.people, command.envelope, now)
        if not tree["change"].startswith("revoke"):  # a stolen key is revoked even if that locks everybody out
            before = lock_out.lock_outs(state.people, state.policy, now)
            fresh = [p for p in lock_out.lock_outs(after, state.policy, now) if p not in before]
            if fresh:
                raise No("lock_out", "; ".join(fresh))
    except RefusedError as error:
        raise No(error.code, str(error)) from None
    return [
        PeopleChanged(
            meta=meta(state, command, now),
            change=tree["change"],
            envelope=people_changes.to_text(command.envelope),
        )
    ]


def _source_deleted(state: State, command: SourceDeleted, now: int) -> list[Event]:
    try:
        key_mac, source = items.parse_source_deleted(command.envelope, state.people.role_keys("pipeline"))
    except RecordError as error:
        raise No(error.code, error.detail) from None
    out: list[Event] = []
    for short in state.by_key.of(bytes.fromhex(key_mac)):
        current = state.requests[long_id(short)]
        states = current.states()
        gone = tuple(
            i.item_id
            for i in current.request.items
            if i.key_mac == key_mac
            and i.source.topic == source.topic
            and (i.source.partition, i.source.offset) < (source.partition, source.offset)
            and i.source.partition == source.partition
            and states[i.item_id] in OPEN
        )
        if gone:
            out.append(
                Moved(
                    meta=meta(state, command, now),
                    request_id=current.request.request_id,
                    to=ItemState.WITHDRAWN,
                    items=gone if len(gone) < len(states) else (),
                    rule="source_deleted",
                    reason="the source deleted the record",
                )
            )
    return out


def _refuse_lock_out(state: State, policy: Any, now: int) -> None:
    try:
        lock_out.refuse_lock_out(state.people, policy, now)
    except ConfigurationError as error:
        raise No("lock_out", str(error)) from None


def _request_id(command: Command) -> str:
    named = getattr(command, "request_id", "")
    if named or not isinstance(command, commands.CastVote):
        return str(named)
    try:
        return votes.read(command.envelope).request_id[:64]
    except RecordError:
        return ""


_Handler = Callable[[State, Any, int], list[Event]]
_HANDLERS: dict[type[Command], _Handler] = {
    commands.LoadPolicy: cast(_Handler, _load_policy),
    commands.LoadPeople: cast(_Handler, _load_people),
    commands.ChangePeople: cast(_Handler, _change_people),
    commands.OpenExport: cast(_Handler, opening.open_export),
    commands.OpenAction: cast(_Handler, opening.open_action),
    commands.CastVote: cast(_Handler, voting.cast_vote),
    commands.CastBulk: cast(_Handler, voting.cast_bulk),
    commands.SourceDeleted: cast(_Handler, _source_deleted),
    commands.Release: cast(_Handler, releasing.release),
    commands.Redeem: cast(_Handler, releasing.redeem),
    commands.Tick: cast(_Handler, releasing.tick),
}
