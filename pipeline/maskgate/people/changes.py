"""Signed changes of the registry: messages of ``maskgate.people``.

Every change is signed by ``admin_n`` admin keys. Linking is dual: a new key signs for itself (proof of possession), an
account is added with a key that its person already has. A delegation is signed by its giver alone, an absence by the
person. Revocations cannot be undone: the same key id or person id never counts again.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from maskgate.base.errors import ConfigurationError, RecordError, RefusedError
from maskgate.crypto import canonical, signing
from maskgate.people import grants
from maskgate.people.file import (
    AbsenceEntry,
    AccountEntry,
    DelegationEntry,
    KeyEntry,
    PersonEntry,
    RotaEntry,
    ServiceEntry,
    parse,
)
from maskgate.people.registry import CLAIMED, Absence, Claim, Delegation, Key, People, Person, Rota

PAYLOAD_TYPE = "application/vnd.maskgate.people.v1+json"
MAX_AGE_MS = 86_400_000
_TAKES_AWAY = ("revoke_key", "revoke_person")  # one admin may always do this: a stolen key does not wait for two


def build_change(change: str, body: Mapping[str, Any], *, signers: Sequence[signing.Signer], now_ms: int) -> bytes:
    """The envelope of a change for ``maskgate.people``; the names of changes are the keys of ``CHANGES``."""
    payload = {"domain": "people.v1", "change": change, "body": body, "iat": now_ms, "nonce": secrets.token_hex(16)}
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(payload), signers)


def verified(people: People, raw: bytes, now: int) -> dict[str, Any]:
    """The payload of a change that is signed by whom it must be signed by.

    Raises:
        RefusedError: ``malformed_change``, ``replayed``, ``stale`` or ``not_authorised``.
    """
    try:
        envelope = signing.parse(raw)
        tree = canonical.loads(envelope.payload)
        if envelope.payload_type != PAYLOAD_TYPE or set(tree) != {"domain", "change", "body", "iat", "nonce"}:
            raise ValueError
        if tree["domain"] != "people.v1" or tree["change"] not in CHANGES or type(tree["iat"]) is not int:
            raise ValueError
        if not isinstance(tree["nonce"], str) or not 16 <= len(tree["nonce"]) <= 64:
            raise ValueError
    except (RecordError, ValueError, TypeError, AttributeError):
        raise RefusedError("malformed_change", "not a signed change of the people registry") from None
    if tree["nonce"] in people.nonces:
        raise RefusedError("replayed", "this change was made before")
    if abs(now - tree["iat"]) > MAX_AGE_MS:
        raise RefusedError("stale", "the change was signed more than a day ago; sign it again")
    try:
        _authorise(people, envelope, tree)
    except (ValueError, TypeError, AttributeError):
        raise RefusedError("malformed_change", "not a change of this version") from None
    return dict(tree)


def payload(raw: bytes) -> dict[str, Any]:
    """The payload of a change that was verified when it was logged."""
    return dict(canonical.loads(signing.parse(raw).payload))


def to_text(raw: bytes) -> str:
    """An envelope as base64, for an event."""
    return base64.b64encode(raw).decode()


def from_text(text: str) -> bytes:
    """The envelope of an event."""
    return base64.b64decode(text, validate=True)


def apply(people: People, tree: Mapping[str, Any]) -> People:
    """The registry after a verified change.

    Raises:
        RefusedError: ``bad_change``; what would result contradicts itself.
    """
    try:
        after = CHANGES[tree["change"]](people, tree["body"])
        recent = {n: at for n, at in people.nonces.items() if at > tree["iat"] - 3 * MAX_AGE_MS}
        return after.next(nonces=recent | {tree["nonce"]: tree["iat"]})
    except ValidationError as error:
        places = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
        raise RefusedError("bad_change", f"wrong members: {places}") from None
    except (ConfigurationError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = str(error) if isinstance(error, ConfigurationError) else "wrong members"
        raise RefusedError("bad_change", reason) from None


def applied(people: People, raw: bytes, at: int) -> People:
    """The registry after a verified change that was appended at broker time ``at``, with who gave which power.

    Raises:
        RefusedError: ``bad_change``.
    """
    envelope = signing.parse(raw)
    tree = dict(canonical.loads(envelope.payload))
    keys = people.role_keys("admin", "console") | _own_keys(people, tree)
    return grants.noted(people, apply(people, tree), signing.verify(envelope, keys), at)


def reload(people: People, document: bytes, digest: str, at: int) -> People:
    """The registry of a new people file, read at broker time ``at``; what was revoked stays revoked.

    Raises:
        ConfigurationError: the file contradicts itself.
    """
    fresh = parse(document)
    persons = {pid: _still_revoked(people, person) for pid, person in fresh.persons.items()}
    services = {
        name: replace(s, key=replace(s.key, revoked_at=people.version)) if s.key.key_id in people.revoked_keys else s
        for name, s in fresh.services.items()
    }
    after = replace(
        fresh,
        admin_n=fresh.admin_n or people.admin_n,  # a file that does not say keeps what holds
        persons=persons,
        services=services,
        claims=people.claims,
        version=people.version + 1,
        file_digest=digest,
        revoked_keys=people.revoked_keys,
        revoked_persons=people.revoked_persons,
        nonces=people.nonces,
        grants=people.grants,
    )
    return grants.noted(people, after, (grants.PEOPLE_FILE,), at)


def _still_revoked(people: People, person: Person) -> Person:
    keys = tuple(
        replace(key, revoked_at=max(1, people.version)) if key.key_id in people.revoked_keys else key
        for key in person.keys
    )
    gone = max(1, people.version) if person.person_id in people.revoked_persons else 0
    return replace(person, keys=keys, revoked_at=gone)


def _authorise(people: People, envelope: signing.Envelope, tree: Mapping[str, Any]) -> None:
    admins = signing.verify(envelope, people.role_keys("admin"))
    own = _own_keys(people, tree)
    signed_by_self = bool(signing.verify(envelope, own))
    if tree["change"] in ("delegate", "away"):
        if not signed_by_self and not (tree["change"] == "away" and admins):
            raise RefusedError("not_authorised", "the person signs this with a key of their own")
        return
    if tree["change"] == "claims":
        if not signing.verify(envelope, people.role_keys("console")):
            raise RefusedError("not_authorised", "the console signs what the identity provider said")
        return
    needed = 1 if tree["change"] in _TAKES_AWAY else people.admins_needed
    if len(admins) < needed:
        raise RefusedError("not_authorised", f"{needed} admin signature(s) needed, {len(admins)} valid")
    fresh = _new_keys(tree)
    if fresh and set(signing.verify(envelope, fresh)) != set(fresh):
        raise RefusedError("not_authorised", "a new key signs its own enrolment")
    if tree["change"] in ("account", "key") and not signed_by_self:
        raise RefusedError("not_authorised", "a key that the person already has signs the link")


def _own_keys(people: People, tree: Mapping[str, Any]) -> dict[str, bytes]:
    body = tree["body"] if isinstance(tree["body"], dict) else {}
    person = people.persons.get(str(body.get("giver") or body.get("person") or ""))
    if person is None or person.revoked_at:
        return {}
    return {k.key_id: bytes.fromhex(k.public) for k in person.keys if k.kind == "ed25519" and k.usable}


def _new_keys(tree: Mapping[str, Any]) -> dict[str, bytes]:
    """Ed25519 keys that the change introduces."""
    body = tree["body"] if isinstance(tree["body"], dict) else {}
    entries = body.get("keys", []) if tree["change"] == "enrol" else []
    entries = [body.get("key", {})] if tree["change"] == "key" else entries
    entries = [body] if tree["change"] == "service" else entries
    out = {}
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("public"), str) and entry["public"]:
            try:
                raw = signing.parse_public(entry["public"])
            except ConfigurationError as error:
                raise RefusedError("bad_change", str(error)) from None
            out[signing.key_id(raw)] = raw
    return out


def _enrol(people: People, body: Any) -> People:
    plain = {name: value for name, value in body.items() if name != "groups"}
    person = PersonEntry.model_validate(plain).person()
    if person.person_id in people.persons or person.person_id in people.revoked_persons:
        raise ConfigurationError("this person id was given before")
    _refuse_revoked(people, person.keys)
    person = replace(person, keys=tuple(replace(k, since=people.version + 1) for k in person.keys))
    groups = dict(people.groups)
    for group in body.get("groups", []):
        groups[str(group)] = (*groups.get(str(group), ()), person.person_id)
    return replace(people, persons={**people.persons, person.person_id: person}, groups=groups)


def _account(people: People, body: Any) -> People:
    account = AccountEntry.model_validate(body["account"]).principal()
    return _with(people, body["person"], lambda p: replace(p, accounts=(*p.accounts, account)))


def _key(people: People, body: Any) -> People:
    key = replace(KeyEntry.model_validate(body["key"]).key(), since=people.version + 1)
    _refuse_revoked(people, (key,))
    return _with(people, body["person"], lambda p: replace(p, keys=(*p.keys, key)))


def _end_key(field: str) -> Callable[[People, Any], People]:
    def change(people: People, body: Any) -> People:
        wanted, at = str(body["key_id"]), people.version + 1
        if not any(k.key_id == wanted for k in _all_keys(people)):
            raise ConfigurationError("there is no such key")

        def end(key: Key) -> Key:
            if key.key_id != wanted:
                return key
            return replace(key, revoked_at=at) if field == "revoked_at" else replace(key, retired_at=at)

        persons = {i: replace(p, keys=tuple(end(k) for k in p.keys)) for i, p in people.persons.items()}
        services = {n: replace(s, key=end(s.key)) for n, s in people.services.items()}
        gone = people.revoked_keys | ({wanted} if field == "revoked_at" else set())
        return replace(people, persons=persons, services=services, revoked_keys=gone)

    return change


def _revoke_person(people: People, body: Any) -> People:
    person_id = str(body["person"])
    after = _with(people, person_id, lambda p: replace(p, revoked_at=people.version + 1))
    keys = {k.key_id for k in people.persons[person_id].keys}
    return replace(after, revoked_persons=people.revoked_persons | {person_id}, revoked_keys=people.revoked_keys | keys)


def _group(people: People, body: Any) -> People:
    members = tuple(str(m) for m in body["members"])
    return replace(people, groups={**people.groups, str(body["group"]): members})


def _owns(people: People, body: Any) -> People:
    agents = tuple(AccountEntry.model_validate(a).principal() for a in body["agents"])
    return _with(people, body["person"], lambda p: replace(p, owns=tuple(dict.fromkeys((*p.owns, *agents)))))


def _service(people: People, body: Any) -> People:
    service = ServiceEntry.model_validate(body).service()
    _refuse_revoked(people, (service.key,))
    service = replace(service, key=replace(service.key, since=people.version + 1))
    return replace(people, services={**people.services, service.name: service})


def _delegate(people: People, body: Any) -> People:
    entry = DelegationEntry.model_validate(body)
    lent = Delegation(entry.giver, entry.taker, entry.groups, entry.start, entry.end)
    return replace(people, delegations=(*people.delegations, lent))


def _rota(people: People, body: Any) -> People:
    entry = RotaEntry.model_validate(body)
    rest = tuple(r for r in people.rotas if r.group != entry.group)
    return replace(people, rotas=(*rest, Rota(entry.group, entry.persons, entry.start, int(entry.period * 1000))))


def _away(people: People, body: Any) -> People:
    entry = AbsenceEntry.model_validate(body)
    return replace(people, absences=(*people.absences, Absence(entry.person, entry.start, entry.end)))


def _claims(people: People, body: Any) -> People:
    """Groups named at a sign-in: only such with the prefix, only for a day, in place of the person's earlier ones."""
    if set(body) != {"person", "groups", "start", "end"}:
        raise ConfigurationError("wrong members")
    claim = Claim(str(body["person"]), tuple(str(g) for g in body["groups"]), int(body["start"]), int(body["end"]))
    if claim.person_id not in people.persons:
        raise ConfigurationError("there is no such person")
    if any(not group.startswith(CLAIMED) for group in claim.groups):
        raise ConfigurationError(f"an identity provider gives groups that start with '{CLAIMED}', no others")
    if not 0 < claim.end - claim.start <= MAX_AGE_MS:
        raise ConfigurationError("what an identity provider says holds for a day at most")
    rest = tuple(c for c in people.claims if c.person_id != claim.person_id and c.end > claim.start)
    return replace(people, claims=(*rest, claim))


def _all_keys(people: People) -> list[Key]:
    return [k for p in people.persons.values() for k in p.keys] + [s.key for s in people.services.values()]


def _refuse_revoked(people: People, keys: Sequence[Key]) -> None:
    if any(key.key_id in people.revoked_keys for key in keys):
        raise ConfigurationError("this key was revoked; make a new one")


def _with(people: People, person_id: str, edit: Callable[[Person], Person]) -> People:
    person = people.persons.get(str(person_id))
    if person is None or person.revoked_at:
        raise ConfigurationError("there is no such person")
    return replace(people, persons={**people.persons, person.person_id: edit(person)})


CHANGES: dict[str, Callable[[People, Any], People]] = {
    "enrol": _enrol,
    "account": _account,
    "key": _key,
    "retire_key": _end_key("retired_at"),
    "revoke_key": _end_key("revoked_at"),
    "revoke_person": _revoke_person,
    "group": _group,
    "owns": _owns,
    "service": _service,
    "delegate": _delegate,
    "oncall": _rota,
    "away": _away,
    "claims": _claims,
}
