"""What the provider's list of people says against the registry: the changes that would make both agree.

It only proposes: an administrator reads the changes, signs them, and the gate judges them as any other. Nobody is
enrolled by it, for a person brings a key of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from maskgate.base.errors import ConfigurationError
from maskgate.people.principal import Principal
from maskgate.people.registry import CLAIMED, People, Person

SUBS = ("id", "externalId", "userName")
"""Attributes of SCIM that can hold what the provider's tokens call ``sub``."""


@dataclass(frozen=True, slots=True)
class Member:
    """An account at the provider."""

    active: bool
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the registry, and why."""

    change: str
    body: Mapping[str, object]
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes, and what only a person can settle."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...]

    @property
    def revoked(self) -> int:
        """How many persons would be revoked."""
        return sum(step.change == "revoke_person" for step in self.steps)


def members_of(raw: bytes, sub: str) -> dict[str, Member]:
    """The accounts of a whole SCIM list (RFC 7644, ListResponse of Users) by their ``sub``.

    Raises:
        ConfigurationError: something else, a page of a longer list, or two accounts of one ``sub``.
    """
    try:
        tree = json.loads(raw)
        found = [(user[sub], _member(user)) for user in tree["Resources"]]
        total = int(tree["totalResults"])
    except (ValueError, KeyError, TypeError):
        raise ConfigurationError(
            f"this is no SCIM list of users that all have '{sub}'; fetch /Users, or say another --sub"
        ) from None
    if total != len(found):
        raise ConfigurationError(f"the list has {len(found)} of {total} users; fetch all of them, or who lacks is lost")
    members = dict(found)
    if len(members) < len(found) or not all(isinstance(name, str) and name for name in members):
        raise ConfigurationError(f"two users of the list have one '{sub}', or one has none; say another --sub")
    return members


def _member(user: Mapping[str, object]) -> Member:
    groups, active = user.get("groups") or [], user.get("active", True)
    if not isinstance(groups, list) or not isinstance(active, bool):
        raise ValueError("not a user of SCIM")
    if not all(isinstance(group, dict) for group in groups):
        raise ValueError("not groups of SCIM")
    return Member(active, frozenset(str(g[key]) for g in groups for key in ("display", "value") if g.get(key)))


def plan(people: People, members: Mapping[str, Member], iss: str, groups: Mapping[str, str]) -> Plan:
    """What to change; ``groups`` maps groups of the registry to the provider's names of them.

    Raises:
        ConfigurationError: a group that only the console's claims give.
    """
    if claimed := [name for name in groups if name.startswith(CLAIMED)]:
        raise ConfigurationError(f"{claimed[0]}: groups of claims come with each sign-in; name another")
    theirs = {p.person_id: p for p in people.persons.values() if not p.revoked_at and _subs(p, iss)}
    there = {pid: [members[sub] for sub in _subs(p, iss) if sub in members] for pid, p in theirs.items()}
    gone = [pid for pid, found in there.items() if not any(member.active for member in found)]
    steps = [
        Step("revoke_person", {"person": pid}, f"{pid}: no active account at the provider")
        for pid in gone
        if not _elsewhere(theirs[pid], iss)
    ]
    notes = [
        f"{pid}: no active account at the provider, but one elsewhere; revoke or unlink it yourself"
        for pid in gone
        if _elsewhere(theirs[pid], iss)
    ]
    for name, named in sorted(groups.items()):
        inside = [pid for pid, found in there.items() if any(m.active and named in m.groups for m in found)]
        steps += _group(people, name, set(inside), set(theirs))
        notes += _not_enrolled(people, members, iss, named)
    return Plan(tuple(steps), tuple(dict.fromkeys(notes)))


def _group(people: People, name: str, inside: set[str], theirs: set[str]) -> Iterable[Step]:
    """The change of one group; who has no account at the provider stays as they are."""
    now = set(people.groups.get(name, ()))
    wanted = (now - theirs) | inside
    if wanted == now:
        return
    told = [f"+{pid}" for pid in sorted(wanted - now)] + [f"-{pid}" for pid in sorted(now - wanted)]
    yield Step("group", {"group": name, "members": sorted(wanted)}, f"{name}: {' '.join(told)}")


def _not_enrolled(people: People, members: Mapping[str, Member], iss: str, named: str) -> Iterable[str]:
    for sub, member in sorted(members.items()):
        if member.active and named in member.groups and not people.person_of(Principal(iss, sub)):
            yield f"{sub}: in {named} there, and nobody here; `maskgate people enrol` takes a key of theirs"


def _subs(person: Person, iss: str) -> list[str]:
    return [account.sub for account in person.accounts if account.iss == iss]


def _elsewhere(person: Person, iss: str) -> bool:
    return any(account.iss != iss for account in person.accounts)
