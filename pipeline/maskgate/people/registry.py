"""The registry of persons: linked accounts, keys, groups, owned agents, services, delegations, rotas, absences.

The people file (YAML or JSON) seeds it; signed changes (``people_changes``) alter it. A person is one human however
many accounts they have: an account or a key that two persons share is refused, because one human could then fill two
slots. ``People`` is a value: every change makes a new one with the next ``version``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from maskgate.base.errors import ConfigurationError
from maskgate.people import confusables
from maskgate.people.principal import Kind, Principal, ProducerKey

KeyKind = Literal["ed25519", "webauthn"]
Role = Literal["pipeline", "intake", "gate", "producer", "console", "admin"]


@dataclass(frozen=True, slots=True)
class Key:
    """A public key. ``retired_at`` ends it for new votes; ``revoked_at`` also voids votes that are not spent yet.

    Positions are versions of the registry, that is, positions in the log.
    """

    key_id: str
    public: str  # hex: raw Ed25519 key, or COSE key of a WebAuthn credential
    kind: KeyKind = "ed25519"
    since: int = 0
    retired_at: int = 0
    revoked_at: int = 0

    @property
    def usable(self) -> bool:
        return not self.retired_at and not self.revoked_at


@dataclass(frozen=True, slots=True)
class Person:
    """One human."""

    person_id: str
    name: str
    domain: str = ""
    accounts: tuple[Principal, ...] = ()
    keys: tuple[Key, ...] = ()
    owns: tuple[Principal, ...] = ()
    revoked_at: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """A program that signs: a worker, the intake API, a producer, the console, an admin's key."""

    name: str
    role: Role
    key: Key
    iss: str = ""
    sub: str = ""
    kind: Kind = "service"
    owner: Principal | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """``giver``'s memberships lent to ``taker`` for a period."""

    giver: str
    taker: str
    groups: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rota:
    """A group whose one member changes every ``period_ms``: on call."""

    group: str
    persons: tuple[str, ...]
    start: int
    period_ms: int

    def on_call(self, now: int) -> str:
        """Who is on call; before the start nobody ("")."""
        if now < self.start:
            return ""
        return self.persons[(now - self.start) // self.period_ms % len(self.persons)]


@dataclass(frozen=True, slots=True)
class Absence:
    """Out of office: told later, and not counted when somebody is needed now."""

    person_id: str
    start: int
    end: int


WEBAUTHN = "webauthn:"  # key ids of security keys and passkeys
CLAIMED = "oidc:"  # groups that an identity provider gives; nobody else can


@dataclass(frozen=True, slots=True)
class Claim:
    """Groups that the identity provider named when the person signed in, until the sign-in is over."""

    person_id: str
    groups: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Grant:
    """When a power to vote was given and by whose keys; ``seen`` is when it was last said again."""

    at: int
    by: tuple[str, ...]
    seen: int = 0


AUTO_ADMINS = 0  # two signatures where two admins exist, else one


@dataclass(frozen=True)
class People:
    """The registry at one position of the log."""

    persons: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    delegations: tuple[Delegation, ...] = ()
    rotas: tuple[Rota, ...] = ()
    absences: tuple[Absence, ...] = ()
    claims: tuple[Claim, ...] = ()
    admin_n: int = AUTO_ADMINS
    version: int = 0
    file_digest: str = ""
    revoked_keys: frozenset[str] = frozenset()
    revoked_persons: frozenset[str] = frozenset()
    nonces: Mapping[str, int] = field(default_factory=dict)  # of signed changes → when those were signed
    grants: Mapping[str, Grant] = field(default_factory=dict)  # power to vote → who gave it, for a month

    @property
    def admins_needed(self) -> int:
        """Admin keys that sign what gives power. A revoked admin still counts, or one could revoke the other and go on
        alone; who means to go on with one says so in the people file."""
        if self.admin_n:
            return self.admin_n
        return 2 if sum(s.role == "admin" and not s.key.retired_at for s in self.services.values()) > 1 else 1

    @cached_property
    def _by_account(self) -> dict[Principal, str]:
        return {account: p.person_id for p in self.persons.values() for account in p.accounts}

    @cached_property
    def _by_key(self) -> dict[str, tuple[Person, Key]]:
        return {key.key_id: (p, key) for p in self.persons.values() for key in p.keys}

    @cached_property
    def _by_agent(self) -> dict[Principal, tuple[str, ...]]:
        out: dict[Principal, tuple[str, ...]] = {}
        for person in self.persons.values():
            for agent in person.owns:
                out[agent] = (*out.get(agent, ()), person.person_id)
        return out

    @cached_property
    def _behind_spelling(self) -> dict[Principal, tuple[str, ...]]:
        out: dict[Principal, tuple[str, ...]] = {}
        for person in self.persons.values():
            for principal in (*person.accounts, *person.owns):
                spelt = confusables.account(principal)
                out[spelt] = (*out.get(spelt, ()), person.person_id)
        return out

    @cached_property
    def _answers_for(self) -> dict[Principal, tuple[Principal, ...]]:
        out: dict[Principal, tuple[Principal, ...]] = {}
        for s in self.services.values():
            if s.owner is not None and s.iss:
                account = confusables.account(Principal(s.iss, s.sub))
                out[account] = (*out.get(account, ()), s.owner)
        return out

    @cached_property
    def _by_role(self) -> dict[Role, dict[str, bytes]]:
        out: dict[Role, dict[str, bytes]] = {}
        for service in self.services.values():
            if service.key.usable:
                out.setdefault(service.role, {})[service.key.key_id] = bytes.fromhex(service.key.public)
        return out

    @cached_property
    def _member_of(self) -> dict[str, tuple[str, ...]]:
        out: dict[str, list[str]] = {}
        for group, members in self.groups.items():
            for person_id in members:
                out.setdefault(person_id, []).append(group)
        return {person_id: tuple(groups) for person_id, groups in out.items()}

    def person_of(self, principal: Principal) -> str:
        """The person behind an account, byte for byte; "" for a stranger."""
        return self._by_account.get(principal, "")

    def owner_of(self, agent: Principal) -> tuple[str, ...]:
        """Persons who own this agent."""
        return self._by_agent.get(agent, ())

    def standing_behind(self, principal: Principal) -> tuple[str, ...]:
        """Persons whose account or agent this is, in any spelling: for excluding, never for letting somebody vote."""
        return self._behind_spelling.get(confusables.account(principal), ())

    def without_owner(self) -> tuple[str, ...]:
        """Names of agents that no person of the registry answers for."""
        return tuple(
            s.name
            for s in self.services.values()
            if s.kind == "agent" and not any(self.standing_behind(p) for p in self.behind([Principal(s.iss, s.sub)]))
        )

    def behind(self, principals: Iterable[Principal]) -> tuple[Principal, ...]:
        """These accounts and whoever owns one of them that is a service, an owner's owner included."""
        out = dict.fromkeys(principals)
        todo = list(out)
        while todo:
            fresh = [owner for owner in self._answers_for.get(confusables.account(todo.pop()), ()) if owner not in out]
            out.update(dict.fromkeys(fresh))
            todo += fresh
        return tuple(out)

    def key(self, key_id: str) -> tuple[Person, Key] | None:
        """The person and key of a key id, whatever became of them."""
        return self._by_key.get(key_id)

    def voter(self, key_id: str) -> tuple[Person, Key] | None:
        """The person and key, if a new vote with this key counts."""
        found = self._by_key.get(key_id)
        if found is None or not found[1].usable or found[0].revoked_at:
            return None
        return found

    def key_still_counts(self, key_id: str) -> bool:
        """Whether an earlier vote with this key may still be spent: retired is fine, revoked is not."""
        found = self._by_key.get(key_id)
        if found is not None:
            return not found[1].revoked_at and not found[0].revoked_at
        return any(s.key.key_id == key_id and not s.key.revoked_at for s in self.services.values())

    def keys_of(self, principal: Principal) -> dict[str, bytes]:
        """Usable Ed25519 keys (id → raw public key) of an account: a program's own, or its person's."""
        person = self.persons.get(self.person_of(principal))
        keys = [s.key for s in self.services.values() if (s.iss, s.sub) == (principal.iss, principal.sub)]
        keys += person.keys if person is not None and not person.revoked_at else ()
        return {key.key_id: bytes.fromhex(key.public) for key in keys if key.usable and key.kind == "ed25519"}

    def groups_of(self, person_id: str, now: int) -> tuple[str, ...]:
        """Groups of a person in their own right, rotas included; none once revoked."""
        person = self.persons.get(person_id)
        if person is None or person.revoked_at:
            return ()
        rota = tuple(r.group for r in self.rotas if r.on_call(now) == person_id)
        claimed = (g for c in self.claims if c.person_id == person_id and c.start <= now < c.end for g in c.groups)
        return tuple(dict.fromkeys((*self._member_of.get(person_id, ()), *rota, *claimed)))

    def lent_to(self, person_id: str, now: int) -> tuple[Delegation, ...]:
        """Delegations to a person that are in force, by givers who are still enrolled."""
        return tuple(
            d for d in self.delegations if d.taker == person_id and d.start <= now < d.end and self._enrolled(d.giver)
        )

    def members(self, group: str, now: int, *, present: bool = False) -> tuple[str, ...]:
        """Members of a group; ``present`` leaves out who is away and adds who stands in for them."""
        ids = [*self.groups.get(group, ()), *(r.on_call(now) for r in self.rotas if r.group == group)]
        ids += [c.person_id for c in self.claims if group in c.groups and c.start <= now < c.end]
        ids = [i for i in dict.fromkeys(ids) if self._enrolled(i)]
        if not present:
            return tuple(ids)
        away = {a.person_id for a in self.absences if a.start <= now < a.end}
        stand_ins = [
            d.taker
            for d in self.delegations
            if d.giver in ids and group in d.groups and d.start <= now < d.end and self._enrolled(d.taker)
        ]
        return tuple(dict.fromkeys(i for i in [*(i for i in ids if i not in away), *stand_ins] if i not in away))

    def role_keys(self, *roles: Role) -> dict[str, bytes]:
        """Usable keys (id → raw public key) of services with one of these roles."""
        return {key_id: public for role in roles for key_id, public in self._by_role.get(role, {}).items()}

    def earlier_keys(self, role: Role) -> dict[str, bytes]:
        """Keys of a role that are in force or were retired: what they signed before still holds; not revoked ones."""
        return {
            s.key.key_id: bytes.fromhex(s.key.public)
            for s in self.services.values()
            if s.role == role and not s.key.revoked_at
        }

    def producer_keys(self) -> dict[str, ProducerKey]:
        """Usable keys of producers, for ``requester.resolve``."""
        return {
            s.key.key_id: ProducerKey(bytes.fromhex(s.key.public), s.iss, s.sub, s.kind, s.owner)
            for s in self.services.values()
            if s.role == "producer" and s.key.usable
        }

    def _enrolled(self, person_id: str) -> bool:
        person = self.persons.get(person_id)
        return person is not None and not person.revoked_at

    def next(self, **changes: object) -> People:
        """The registry after a change, one version on.

        Raises:
            ConfigurationError: what would result contradicts itself.
        """
        after = replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]
        problems = contradictions(after)
        if problems:
            raise ConfigurationError("; ".join(problems))
        return after


def contradictions(people: People) -> list[str]:
    """What makes a registry unsafe: shared accounts or keys, unknown members, names that pass for one another."""
    out: list[str] = []
    out += _shared(((a, p.person_id) for p in people.persons.values() for a in p.accounts), "account")
    key_holders = [(k.public, p.person_id) for p in people.persons.values() for k in p.keys]
    key_holders += [(s.key.public, f"service {s.name}") for s in people.services.values()]
    out += _shared(key_holders, "key")
    for group, members in people.groups.items():
        out += [f"group '{group}' lists {m}, who is not enrolled" for m in members if m not in people.persons]
        if len(set(members)) < len(members):
            out.append(f"group '{group}' lists a person twice")
        if group.startswith(CLAIMED):
            out.append(f"group '{group}': groups of an identity provider have no members of their own")
    for rota in people.rotas:
        out += [f"rota '{rota.group}' lists {m}, who is not enrolled" for m in rota.persons if m not in people.persons]
        if not rota.persons or rota.period_ms <= 0:
            out.append(f"rota '{rota.group}' needs persons and a period")
    for lent in people.delegations:
        if lent.giver not in people.persons or lent.taker not in people.persons or lent.giver == lent.taker:
            out.append("a delegation needs two different enrolled persons")
        if lent.end <= lent.start:
            out.append("a delegation ends before it starts")
    out += _look_alikes(people)
    return out


def _shared(pairs: Iterable[tuple[object, str]], what: str) -> list[str]:
    seen: dict[object, str] = {}
    out = []
    for value, holder in pairs:
        if value in seen and seen[value] != holder:
            out.append(f"one {what} belongs to both {seen[value]} and {holder}: one human could fill two slots")
        elif value in seen:
            out.append(f"{holder} lists one {what} twice")
        seen[value] = holder
    return out


def _look_alikes(people: People) -> list[str]:
    """Different persons whose id, name or account a reader can take for each other."""
    out = []
    for label, names in (
        ("ids", [(p.person_id, p.person_id) for p in people.persons.values()]),
        ("names", [(p.person_id, f"{p.name}@{p.domain}") for p in people.persons.values() if p.name]),
        ("accounts", [(p.person_id, f"{a.iss} {a.sub}") for p in people.persons.values() for a in p.accounts]),
    ):
        seen: dict[str, tuple[str, str]] = {}
        for person_id, name in names:
            same = seen.setdefault(confusables.skeleton(name), (person_id, name))
            if same[0] != person_id:
                out.append(f"{label} of {same[0]} and {person_id} look alike")
        out += [f"{label} of {person_id} mix scripts" for person_id, name in names if confusables.mixes_scripts(name)]
    return out


def webauthn_key_id(credential_id: bytes) -> str:
    """Key id of a WebAuthn credential."""
    return WEBAUTHN + hashlib.sha256(credential_id).hexdigest()[:32]
