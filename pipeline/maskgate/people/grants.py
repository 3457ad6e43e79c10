"""Who made whom: which voting power a change of the registry gave, when, and whose signature gave it.

Any change counts, whatever it is called: what the registry lets vote after it, and did not before, was given by it. The
founding document is nobody's gift, or the first people of an installation could decide nothing for a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from maskgate.people.principal import Principal
from maskgate.people.registry import CLAIMED, Delegation, Grant, People, Rota

PEOPLE_FILE = "people file"  # who changes the host's file signs nothing, but is somebody
MEMORY_MS = 31 * 86_400_000
_MAKERS = ("admin", "console")


def noted(before: People, after: People, by: Sequence[str], at: int) -> People:
    """``after``, with a note of every power that it has and ``before`` had not."""
    if not before.persons:
        return after
    makers = tuple(dict.fromkeys((*by, *_made(before, by))))
    grants = {power: g for power, g in before.grants.items() if max(g.at, g.seen) > at - MEMORY_MS}
    for power in _powers(after) - _powers(before):
        old = grants.get(power)
        if old is not None and power.startswith(f"group {CLAIMED}"):  # said again at each sign-in
            grants[power] = replace(old, seen=at)
        else:
            grants[power] = Grant(at, makers, at)
    return replace(after, grants=grants)


def _made(people: People, by: Iterable[str]) -> list[str]:
    """Whoever made these keys: what a puppet signs, its maker signed."""
    return [maker for key_id in by for g in [people.grants.get(f"key {key_id}")] if g for maker in g.by]


def _powers(people: People) -> frozenset[str]:
    """Everything by which somebody can vote, or make somebody who can."""
    out = [f"person {p.person_id}" for p in people.persons.values() if not p.revoked_at]
    out += [f"account {p.person_id} {a}" for p in people.persons.values() for a in p.accounts]
    out += [f"key {k.key_id}" for p in people.persons.values() for k in p.keys if k.usable]
    out += [f"key {s.key.key_id}" for s in people.services.values() if s.role in _MAKERS and s.key.usable]
    out += [f"group {group} {person}" for group, members in people.groups.items() for person in members]
    out += [_turn(rota, person) for rota in people.rotas for person in rota.persons]
    out += [_loan(lent, group) for lent in people.delegations for group in lent.groups]
    out += [f"group {group} {c.person_id}" for c in people.claims for group in c.groups]
    return frozenset(out)


def _turn(rota: Rota, person_id: str) -> str:
    """Being on call is a power of its own: who was on a list once is not a member by that."""
    return f"rota {rota.group} {rota.start} {rota.period_ms} {person_id}"


def _loan(lent: Delegation, group: str) -> str:
    """Each loan is a power of its own: one that is over hides neither a later one nor a membership."""
    return f"loan {group} {lent.giver} {lent.start} {lent.end} {lent.taker}"


def makers(people: People, person_id: str, key_id: str, groups: Iterable[str], since: int) -> frozenset[str]:
    """Who gave a person, since then, anything by which this vote would count; persons where we know them."""
    person = people.persons.get(person_id)
    powers = [f"person {person_id}", f"key {key_id}"]
    powers += [f"account {person_id} {account}" for account in person.accounts] if person else []
    asked = frozenset(groups)
    powers += [f"group {group} {person_id}" for group in asked]
    powers += [_turn(r, person_id) for r in people.rotas if r.group in asked and person_id in r.persons]
    powers += [_loan(d, g) for d in people.delegations if d.taker == person_id for g in asked.intersection(d.groups)]
    fresh = [g for power in powers for g in [people.grants.get(power)] if g is not None and g.at > since]
    return frozenset(name for g in fresh for signer in g.by for name in holders(people, signer))


def holders(people: People, signer: str) -> tuple[str, ...]:
    """The persons who sign with a key, or answer for it; the key itself where nobody does."""
    found = people.key(signer)
    if found is not None:
        return (found[0].person_id,)
    for service in people.services.values():
        if service.key.key_id == signer:
            behind = people.behind([Principal(service.iss, service.sub), *([service.owner] if service.owner else [])])
            persons = tuple(dict.fromkeys(p for principal in behind for p in people.standing_behind(principal)))
            return persons or (signer,)
    return (signer,)


def enrolment(people: People, person_id: str) -> Grant | None:
    """When and by whom somebody was enrolled or last put into a group; None: before the log knew of such things."""
    own = [g for power, g in people.grants.items() if power == f"person {person_id}" or _is_group_of(power, person_id)]
    return max(own, key=lambda g: g.at, default=None)


def _is_group_of(power: str, person_id: str) -> bool:
    return power.startswith(("group ", "rota ", "loan ")) and power.endswith(f" {person_id}")
