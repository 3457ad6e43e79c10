"""Approvals: a pure, event-sourced machine that decides who may release what. No Kafka, no clock, no disk.

How to drive it::

    state = machine.State()                       # or State(requests=<any MutableMapping[str, RequestState]>)
    events = machine.decide(state, command, now)  # now: broker time in ms; changes nothing, never raises for input
    state = machine.fold(state, events)           # changes the state in place and returns it; one event or many
    log.append(events.encode(event))              # `maskgate.approvals.log`, one record an event, same transaction

* ``commands``: LoadPolicy, LoadPeople, ChangePeople, OpenExport, OpenAction, CastVote, CastBulk, Act, SourceDeleted,
  Release, Redeem, Tick. A command carries ``input`` (topic, offset, append time); every event repeats it in ``meta``.
* ``decide`` verifies the signatures of votes, acts, action requests and people changes itself, against the keys in
  ``state``. Item envelopes (large) are verified by ``items.parse_item(raw, state.people.role_keys("pipeline"),
  offset)``; ``decide`` then checks that ``Item.signer`` is a pipeline key that is still in force.
* A refusal is an event (``Refused{code, alarm}``), a repetition is an empty list.
* ``decide(Release)`` is the only way to RELEASED: give it ``items.recompute(...)`` of every item, from the bytes read
  again. It answers ``Moved(to=RELEASED, items, topic, release_id, masking)``, for an action ``PermitIssued`` as well;
  or ``Moved(to=SUPERSEDED)`` followed by ``RequestOpened`` of the successor where policy or authority got stricter.
* Deadlines: ``machine.deadline_of(request_state)`` is the next instant at which ``Tick`` has something to do for it;
  ``Tick(read_until=T)`` handles all that are due up to T, ``Tick(read_until=T, request_id=…)`` exactly one.
* ``machine.snapshot(state)`` / ``machine.restore(raw)`` for the gate's snapshot (the gate adds the keyed MAC);
  ``machine.pack(request_state)`` / ``machine.unpack(raw)`` for one request. ``store.PackedStore`` is a compact mapping.
"""

from __future__ import annotations
