"""Who is calling: a session opened with a signature, or a single call that carries one. Being signed in is no vote.

A session is opened by signing a fresh challenge with an enrolled key; it lets a person look, and drafts what they sign.
A program signs each call: ``Authorization: Maskgate <base64 of a DSSE envelope>`` over method, path, body, nonce.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from maskgate.base.errors import RecordError, RefusedError
from maskgate.base.log import say
from maskgate.client.calls import CALL_TYPE, SIGN_IN_TYPE
from maskgate.console.memory import Memory
from maskgate.crypto import canonical, signing
from maskgate.people.principal import Kind, Principal
from maskgate.people.registry import People

SESSION_S = 8 * 3600.0
CHALLENGE_S = 120.0
SKEW_S = 60.0
_MAX_OWN = 20  # sessions a person can have; the oldest ends


@dataclass(frozen=True, slots=True)
class Caller:
    """An enrolled person or program."""

    principal: Principal
    kind: Kind
    name: str
    person_id: str = ""
    groups: tuple[str, ...] = ()
    owner: Principal | None = None
    key_id: str = ""  # "" where a provider vouches for the person: it lets them look, never vote
    provider: str = ""

    @property
    def initials(self) -> str:
        parts = [p for p in self.name.replace(".", " ").split() if p]
        return ("".join(p[0] for p in parts[:2]) or "?").upper()


@dataclass(frozen=True, slots=True)
class Vouched:
    """What an OpenID provider says about who just signed in there."""

    provider: str
    account: Principal
    sid: str = ""
    auth_time: int = 0
    acr: str = ""
    amr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """An open session of a person."""

    token: str
    person_id: str
    key_id: str
    until: float
    vouched: Vouched | None = None


class Auth:
    """Sessions, challenges and signed calls of one console; ``people`` gives the registry of this moment."""

    def __init__(
        self,
        people: Callable[[], People],
        origins: Sequence[str],
        clock: Callable[[], float] = time.time,
        memory: Memory | None = None,
    ) -> None:
        self._people = people
        self._origins = tuple(origins)
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._taken: OrderedDict[str, float] = OrderedDict()
        self._memory = memory or Memory(":memory:", clock())
        self._lock = threading.Lock()

    # ── sessions ──
    def challenge(self) -> bytes:
        """The payload to sign for a session; good once, for two minutes. Nothing is kept of it until it is signed."""
        drawn = f"{int((self._clock() + CHALLENGE_S) * 1000)}.{secrets.token_hex(16)}"
        return canonical.dumps(
            {
                "domain": "signin.v1",
                "challenge": f"{drawn}.{self._mac('challenge', drawn)}",
                "origin": self._origins[0] if self._origins else "",
            }
        )

    def take_challenge(self, payload: bytes) -> None:
        """Spend the challenge of a payload whose signature was verified: what strangers send is not kept.

        Raises:
            RefusedError: it is not one of ours, was used, or is too old.
        """
        try:
            tree = canonical.loads(payload)
            token = str(tree["challenge"]) if tree["domain"] == "signin.v1" else ""
        except (RecordError, KeyError, TypeError):
            token = ""
        drawn, _, mac = token.rpartition(".")
        ours = hmac.compare_digest(self._mac("challenge", drawn).encode(), mac.encode("utf-8", "replace"))
        until = int(drawn.partition(".")[0]) / 1000 if ours else 0.0
        now = self._clock()
        with self._lock:
            while self._taken and next(iter(self._taken.values())) < now:
                self._taken.popitem(last=False)
            if until < now or token in self._taken:
                raise RefusedError("stale_challenge", "This sign-in took too long. Try again.")
            self._taken[token] = until

    def _mac(self, use: str, text: str) -> str:
        return hmac.new(self._secret, f"{use}\0{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def sign_in(self, raw: bytes) -> Session:
        """A session for the person whose enrolled key signed a challenge of ours.

        Raises:
            RefusedError: unknown key, wrong signature, used or old challenge.
        """
        try:
            envelope = signing.parse(raw)
        except RecordError:
            raise RefusedError("malformed_envelope", "This is not a signed sign-in.") from None
        if envelope.payload_type != SIGN_IN_TYPE:
            raise RefusedError("wrong_type", "This signature is for something else.")
        key_id = self._signer_of(envelope)
        self.take_challenge(envelope.payload)
        return self.open(key_id)

    def _signer_of(self, envelope: signing.Envelope) -> str:
        people = self._people()
        for key_id, _ in envelope.signatures:
            found = people.voter(key_id)
            if found and found[1].kind == "ed25519":
                if signing.verify(envelope, {key_id: bytes.fromhex(found[1].public)}):
                    return key_id
                raise RefusedError("bad_signature", "The signature does not fit the key.")
        raise RefusedError(
            "unknown_key", "This key is not enrolled, or it was revoked. Ask an administrator to enrol it."
        )

    def open_by_passkey(self, key_id: str, count: int, voted_with: int) -> Session:
        """A session for a security key whose counter went on since its last sign-in and its last vote.

        Raises:
            RefusedError: code ``counter_went_back``; the key may have been copied.
        """
        if not self._memory.advance(key_id, count, voted_with):
            say("console", "counter_went_back", key_id=key_id, count=count)
            raise RefusedError(
                "counter_went_back",
                "The security key's counter did not go on. Try once more; if that is refused too somebody may hold a "
                "copy of the key: tell an administrator.",
            )
        return self.open(key_id)

    def open(self, key_id: str) -> Session:
        """A session for the person of a key that has just been proven."""
        found = self._people().voter(key_id)
        if found is None:
            raise RefusedError("unknown_key", "This key is not enrolled, or it was revoked.")
        return self._keep(Session(secrets.token_urlsafe(32), found[0].person_id, key_id, self._clock() + SESSION_S))

    def open_vouched(self, vouched: Vouched) -> Session:
        """A session for the enrolled person whose account a provider vouches for.

        Raises:
            RefusedError: code ``not_enrolled``; no person of the registry has this account.
        """
        person = self._person_of(vouched)
        if person is None:
            raise RefusedError(
                "not_enrolled",
                "You are signed in there, but nobody of the registry has this account. Ask an administrator to enrol "
                f"it: maskgate people link PERSON --account {vouched.account.iss} {vouched.account.sub}",
            )
        until = self._clock() + SESSION_S
        return self._keep(Session(secrets.token_urlsafe(32), person.person_id, "", until, vouched))

    def _keep(self, session: Session) -> Session:
        with self._lock:
            self._sessions[hashlib.sha256(session.token.encode()).hexdigest()] = session
            own = [digest for digest, one in self._sessions.items() if one.person_id == session.person_id]
            for digest in own[:-_MAX_OWN]:
                del self._sessions[digest]
        return session

    def caller_of_session(self, token: str | None) -> Caller | None:
        """The person of a session; None once it ended or the key was revoked."""
        if not token:
            return None
        with self._lock:
            session = self._sessions.get(hashlib.sha256(token.encode()).hexdigest())
        if session is None or session.until < self._clock():
            return None
        if session.vouched is None:
            return self._person(session.key_id)
        person = self._person_of(session.vouched)
        return person if person is not None and person.person_id == session.person_id else None

    def end_vouched(self, iss: str, sub: str, sid: str) -> set[str]:
        """End the sessions that a provider says are over, by its session or by the account; the persons they were of.

        The provider may name both: then its session is meant, and other sessions of the account go on.
        """
        with self._lock:
            over = {
                digest: one.person_id
                for digest, one in self._sessions.items()
                if one.vouched is not None
                and one.vouched.account.iss == iss
                and (one.vouched.sid == sid if sid else one.vouched.account.sub == sub)
                and (not sub or one.vouched.account.sub == sub)
            }
            for digest in over:
                del self._sessions[digest]
        return set(over.values())

    def once(self, what: str, until: float) -> bool:
        """Whether this is seen for the first time."""
        return self._memory.spend(what, self._clock(), until)

    def close(self, token: str | None) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(hashlib.sha256((token or "").encode()).hexdigest(), None)

    # ── forms ──
    def csrf(self, token: str) -> str:
        """The token that every changing call from a page carries."""
        return self._mac("csrf", token)

    def csrf_fits(self, token: str, given: str) -> bool:
        return bool(token) and hmac.compare_digest(self.csrf(token).encode(), given.encode("utf-8", "replace"))

    # ── single calls ──
    def caller_of_call(self, header: str, names: Collection[str], method: str, path: str, body: bytes) -> Caller:
        """Who signed this call to a console of one of these names.

        Raises:
            RefusedError: not signed by an enrolled key, for another call, too old, or seen before.
        """
        try:
            envelope = signing.parse(base64.b64decode(header, validate=True))
            tree = canonical.loads(envelope.payload)
            fits = envelope.payload_type == CALL_TYPE and tree["domain"] == "call.v1"
            fits = fits and tree["method"] == method and tree["path"] == path and tree["host"] in names
            fits = fits and hmac.compare_digest(str(tree["body_sha256"]), hashlib.sha256(body).hexdigest())
            if type(tree["iat"]) is not int or not isinstance(tree["nonce"], str) or len(tree["nonce"]) < 16:
                raise ValueError
            issued, nonce = tree["iat"] / 1000, tree["nonce"]
        except (RecordError, KeyError, TypeError, ValueError, binascii.Error):
            raise RefusedError("malformed_call", "The call's signature is malformed.") from None
        if not fits:
            raise RefusedError(
                "wrong_call",
                "The signature is for another call, or for a name that is not this console's: see console.hosts.",
            )
        if abs(self._clock() - issued) > SKEW_S:
            raise RefusedError("stale_call", "The call was signed more than a minute away from the console's clock.")
        if issued < self._memory.since:
            raise RefusedError("stale_call", "The call was signed before this console was set up; sign it again.")
        caller = self._caller(envelope)
        if not self._memory.spend(f"{caller.key_id} {nonce}", self._clock(), self._clock() + 2 * SKEW_S):
            raise RefusedError("replayed_call", "This call was made before.")
        return caller

    def _caller(self, envelope: signing.Envelope) -> Caller:
        people = self._people()
        for service in people.services.values():
            key = service.key
            if key.usable and service.role in ("producer", "console", "admin") and service.iss:
                good = signing.verify(envelope, {key.key_id: bytes.fromhex(key.public)})
                if good:
                    return Caller(
                        Principal(service.iss, service.sub),
                        service.kind,
                        service.name,
                        owner=service.owner,
                        key_id=key.key_id,
                    )
        person = self._person(self._signer_of(envelope))
        if person is None:
            raise RefusedError("unknown_key", "This key is not enrolled, or it was revoked.")
        return person

    def _person(self, key_id: str) -> Caller | None:
        people = self._people()
        found = people.voter(key_id)
        if found is None:
            return None
        person = found[0]
        account = person.accounts[0] if person.accounts else Principal("maskgate", person.person_id)
        groups = people.groups_of(person.person_id, int(self._clock() * 1000))
        return Caller(account, "human", person.name or person.person_id, person.person_id, groups, key_id=key_id)

    def _person_of(self, vouched: Vouched) -> Caller | None:
        people = self._people()
        person = people.persons.get(people.person_of(vouched.account))
        if person is None or person.revoked_at:
            return None
        name, groups = person.name or person.person_id, people.groups_of(person.person_id, int(self._clock() * 1000))
        return Caller(vouched.account, "human", name, person.person_id, groups, provider=vouched.provider)
