"""The people file: YAML or JSON that seeds the registry, checked before it counts.

``load(path)`` gives the canonical document (keys inlined, for the ``LoadPeople`` command), ``parse`` its registry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML

from maskgate.base.config import Duration
from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.base.yaml_size import MAX_NODES, NOT_READ, is_bomb, problem_of
from maskgate.crypto import canonical, signing
from maskgate.people import faults
from maskgate.people.principal import Kind, Principal
from maskgate.people.registry import (
    AUTO_ADMINS,
    Absence,
    Delegation,
    Key,
    People,
    Person,
    Role,
    Rota,
    Service,
    contradictions,
)
from maskgate.people.registry import webauthn_key_id as _webauthn_key_id


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _ms(value: Any) -> Any:
    """Milliseconds of an ISO 8601 text, a date-time, or milliseconds as they are."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        value = value if value.tzinfo else value.replace(tzinfo=UTC)
        return int(value.timestamp() * 1000)
    return value


Instant = Annotated[int, BeforeValidator(_ms)]


class AccountEntry(_Entry):
    """An account of the identity provider."""

    iss: str = Field(min_length=1, pattern=r"^\S+$")
    sub: str = Field(min_length=1)

    def principal(self) -> Principal:
        return Principal(self.iss, self.sub)


class WebAuthnEntry(_Entry):
    """A WebAuthn credential: both in hex."""

    credential_id: str = Field(pattern=r"^([0-9a-fA-F]{2}){1,1023}$")
    public: str = Field(pattern=r"^([0-9a-fA-F]{2}){1,1024}$")


class KeyEntry(_Entry):
    """``public`` (PEM, an ssh-ed25519 line, 64 hex digits), ``file`` (a .pub file), or ``webauthn``."""

    public: str = ""
    file: str = ""
    webauthn: WebAuthnEntry | None = None

    def key(self) -> Key:
        if self.webauthn:
            credential = bytes.fromhex(self.webauthn.credential_id)
            return Key(_webauthn_key_id(credential), self.webauthn.public.lower(), "webauthn")
        raw = signing.parse_public(self.public)
        return Key(signing.key_id(raw), raw.hex())


class PersonEntry(_Entry):
    """One human."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    name: str = Field(min_length=1)
    domain: str = ""
    accounts: tuple[AccountEntry, ...] = Field(min_length=1)
    keys: tuple[KeyEntry, ...] = ()
    owns: tuple[AccountEntry, ...] = ()

    def person(self) -> Person:
        return Person(
            self.id,
            self.name,
            self.domain,
            tuple(a.principal() for a in self.accounts),
            tuple(k.key() for k in self.keys),
            tuple(a.principal() for a in self.owns),
        )


class ServiceEntry(KeyEntry):
    """A program that signs."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    role: Role
    iss: str = ""
    sub: str = ""
    kind: Kind = "service"
    owner: AccountEntry | None = None

    def service(self) -> Service:
        owner = self.owner.principal() if self.owner else None
        return Service(self.name, self.role, self.key(), self.iss, self.sub or self.name, self.kind, owner)


class DelegationEntry(_Entry):
    """Memberships lent for a period."""

    giver: str
    taker: str
    groups: tuple[str, ...] = Field(min_length=1)
    start: Instant
    end: Instant


class RotaEntry(_Entry):
    """On call, in turn."""

    group: str = Field(min_length=1)
    persons: tuple[str, ...] = Field(min_length=1)
    start: Instant
    period: Duration = Field(7 * 86400.0, gt=0, le=10 * 366 * 86400.0)


class AbsenceEntry(_Entry):
    """Out of office."""

    person: str
    start: Instant
    end: Instant


class PeopleFile(_Entry):
    """The whole file."""

    version: Literal[1] = 1
    persons: tuple[PersonEntry, ...] = ()
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    services: tuple[ServiceEntry, ...] = ()
    delegations: tuple[DelegationEntry, ...] = ()
    oncall: tuple[RotaEntry, ...] = ()
    away: tuple[AbsenceEntry, ...] = ()
    admin_n: int | None = Field(None, ge=1, le=5)


def load(path: Path, services: Mapping[str, Path] | None = None) -> bytes:
    """The canonical document of a people file.

    ``services`` maps a role (``pipeline``, ``intake``, ``gate``, ``console``, ``admin``) to the ``.pub`` file of this
    host's own key; roles that the file names itself are left alone.

    Raises:
        ConfigurationError: with the file and what to change.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if is_bomb(text):
            raise ConfigurationError(f"{path}: its aliases stand for more than {MAX_NODES} values; write it out")
        tree = YAML(typ="safe").load(text) or {}
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from None
    except NOT_READ as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigurationError(
            f"{path}{f':{mark.line + 1}' if mark else ''}: not YAML: {problem_of(error)}"
        ) from None
    file = _validate(tree, str(path), text)
    present = {service.role for service in file.services}
    more = tuple(
        ServiceEntry.model_validate({"name": role, "role": role, "file": str(where.resolve())})
        for role, where in (services or {}).items()
        if role not in present
    )
    file = file.model_copy(update={"services": (*file.services, *more)})
    document = canonical.dumps(_inline(file, path.parent).model_dump(mode="json"))
    parse(document)
    return document


def parse(document: bytes) -> People:
    """The registry of a document.

    Raises:
        ConfigurationError: what contradicts itself, or would let one human fill two slots.
    """
    try:
        file = _validate(canonical.loads(document), "people file")
    except RecordError as error:
        raise ConfigurationError(f"people file: {error}") from None
    persons = {entry.id: entry.person() for entry in file.persons}
    if len(persons) < len(file.persons):
        raise ConfigurationError("people file: two persons have one id")
    services = {entry.name: entry.service() for entry in file.services}
    if len(services) < len(file.services):
        raise ConfigurationError("people file: two services have one name")
    people = People(
        persons=persons,
        groups=dict(file.groups),
        services=services,
        delegations=tuple(Delegation(d.giver, d.taker, d.groups, d.start, d.end) for d in file.delegations),
        rotas=tuple(Rota(r.group, r.persons, r.start, int(r.period * 1000)) for r in file.oncall),
        absences=tuple(Absence(a.person, a.start, a.end) for a in file.away),
        admin_n=file.admin_n or AUTO_ADMINS,
    )
    problems = contradictions(people)
    if problems:
        raise ConfigurationError("people file: " + "; ".join(problems))
    return people


def digest(document: bytes) -> str:
    """Digest of a document."""
    return hashlib.sha256(document).hexdigest()


def _inline(file: PeopleFile, folder: Path) -> PeopleFile:
    """The same file with every key spelled out as hex."""

    def plain(entry: KeyEntry) -> dict[str, Any]:
        if entry.webauthn:
            return {"webauthn": entry.webauthn, "public": "", "file": ""}
        raw = signing.load_public(folder / entry.file) if entry.file else signing.parse_public(entry.public)
        return {"public": raw.hex(), "file": ""}

    persons = tuple(
        person.model_copy(update={"keys": tuple(key.model_copy(update=plain(key)) for key in person.keys)})
        for person in file.persons
    )
    services = tuple(service.model_copy(update=plain(service)) for service in file.services)
    return file.model_copy(update={"persons": persons, "services": services})


def _validate(tree: Any, where: str, text: str = "") -> PeopleFile:
    """
    Raises:
        ConfigurationError: one line per fault, with its place in ``text``, what is allowed there and the nearest word.
    """
    known = list(PeopleFile.model_fields)
    if not isinstance(tree, dict):
        raise ConfigurationError(
            f"{where}: not a people file: it has {', '.join(known[1:4])} and so on; see docs/people.md"
        )
    if tree and not set(tree) & set(known):
        found = ", ".join(sorted(map(str, tree))[:5])
        raise ConfigurationError(
            f"{where}: not a people file: its members are {found}, those of a people file {', '.join(known)}; "
            "see docs/people.md"
        )
    try:
        return PeopleFile.model_validate(tree)
    except ValidationError as error:
        raise ConfigurationError("\n".join(faults.lines(error, PeopleFile, where, text))) from None
