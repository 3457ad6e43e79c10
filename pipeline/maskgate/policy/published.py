"""Policies as administrators publish them: signed, numbered, and each with as many signatures as it needs.

What takes something away from anybody (a freeze, a higher tier) one administrator may publish alone: an emergency does
not wait for two. Everything else needs as many as it takes to enrol a person, or one of them could have records leave
unmasked, or on one vote.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from maskgate.approvals.messages.plain import one_line
from maskgate.base.errors import PolicyError, RecordError
from maskgate.crypto import canonical, signing
from maskgate.people.registry import People
from maskgate.policy import source as sources
from maskgate.policy.compiled import CompiledPolicy
from maskgate.policy.loading import compile_source
from maskgate.policy.stricter import looser

PAYLOAD_TYPE = "application/vnd.maskgate.policy.v1+json"
_DOMAIN = "policy.v1"
DIGITS = 32
"""Of a policy's digest, where somebody signs by it: who writes two texts finds equal beginnings of half that easily."""
AHEAD_MS = 100 * 365 * 86_400_000
"""How far a number may be ahead of the broker's time: one at the end of all numbers could never be followed."""


@dataclass(frozen=True, slots=True)
class Admins:
    """Who may publish: the keys, and how many of them sign what is not proven to be stricter."""

    keys: Mapping[str, bytes] = field(default_factory=dict)
    needed: int = 1

    @classmethod
    def of(cls, people: People) -> Admins:
        """The administrators of a registry."""
        return cls(people.role_keys("admin"), people.admins_needed)


@dataclass(frozen=True, slots=True)
class Published:
    """A policy and the administrators who signed it."""

    name: str
    text: bytes
    number: int
    signers: tuple[str, ...] = ()

    def compiled(self) -> CompiledPolicy:
        """The policy, ready for use.

        Raises:
            PolicyError: this version cannot use it.
        """
        return _compiled(self.text, self.name)


@lru_cache(16)
def _compiled(text: bytes, name: str) -> CompiledPolicy:
    return compile_source(sources.parse(text, name))


def envelope(text: bytes, name: str, signers: Sequence[signing.Signer], number: int | None = None) -> bytes:
    """The signed message for a policy; ``number`` is the time in milliseconds unless given.

    Raises:
        PolicyError: the policy is wrong, or leans on files that the readers do not have.
    """
    compiled = _compiled(text, name)
    beside = [part.name for part in compiled.chain[1:] if not part.name.startswith("profile ")]
    if beside:
        raise PolicyError(f"{name}: a published policy may extend profiles only, not {', '.join(beside)}")
    tree = {
        "domain": _DOMAIN,
        "name": name,
        "number": time.time_ns() // 1_000_000 if number is None else number,
        "text": text.decode(),
    }
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), signers)


def signed_too(raw: bytes, signer: signing.Signer) -> bytes:
    """The same message with one more signature."""
    opened = signing.parse(raw)
    mine = (signer.key_id, signer.sign(signing.pae(opened.payload_type, opened.payload)))
    others = [pair for pair in opened.signatures if pair[0] != signer.key_id]
    return signing.wrap(opened.payload_type, opened.payload, [*others, mine])


def read(raw: bytes, keys: Mapping[str, bytes]) -> Published:
    """The policy of a message, with the signatures of these keys; there may be none.

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type`` or ``malformed_policy``.
    """
    opened = signing.parse(raw)
    if opened.payload_type != PAYLOAD_TYPE:
        raise RecordError("wrong_type", "not a policy")
    try:
        tree = canonical.loads(opened.payload)
        if tree["domain"] != _DOMAIN or type(tree["number"]) is not int:
            raise ValueError
        found = Published(str(tree["name"]), str(tree["text"]).encode(), tree["number"])
    except (KeyError, TypeError, ValueError):
        raise RecordError("malformed_policy", "the signed payload is not a policy") from None
    return replace(found, signers=signing.verify(opened, keys))


def judge(raw: bytes, admins: Admins, base: Callable[[], CompiledPolicy | None]) -> Published:
    """The policy of a message that enough administrators signed to follow ``base``, the last one that was published.

    Raises:
        RecordError: as :func:`read`, and ``bad_signature`` or ``second_signature``.
    """
    published = read(raw, admins.keys)
    if not published.signers:
        raise RecordError("bad_signature", "no signature of an enrolled administrator")
    if len(published.signers) < admins.needed and (why := _unproven(published, base)):
        have = f"signed by {len(published.signers)} of {admins.needed} administrators"
        raise RecordError("second_signature", f"{have}, and not proven to be stricter: {one_line(why)}")
    return published


def _unproven(published: Published, base: Callable[[], CompiledPolicy | None]) -> str:
    try:
        last = base()
        return looser(last, published.compiled()) if last else "no policy was published before it"
    except PolicyError:
        return "it cannot be used here"
    except Exception as error:  # what another version wrote ends no worker and no gate
        return f"it cannot be read here: {type(error).__name__}"


class Succession:
    """Which messages of the policy topic come into force, one after another.

    ``known`` is the text of the published policy that was in force when this process started: the message that holds it
    is taken as it was then, however many administrators there are by now, or were revoked since.
    """

    def __init__(self, admins: Callable[[], Admins], known: bytes = b"") -> None:
        self.admins, self._known = admins, known
        self._last: Published | None = None
        self.newest = -1
        self.waiting: dict[str, tuple[bytes, str]] = {}
        """Per name and number, the message that waits for signatures, and why."""

    def take(self, raw: bytes, at: int = 0) -> Published:
        """The policy of a message that was appended at this broker time, where it comes into force.

        Raises:
            RecordError: as :func:`judge`, and ``replayed``.
        """
        try:
            published = self._judged(raw, at)
        except RecordError as error:
            if error.code not in ("bad_signature", "second_signature") or not self._was_in_force(raw):
                raise
            published = read(raw, self.admins().keys)
        if published.text == self._known:
            self._known = b""  # a copy of it that somebody writes later proves nothing
        self.newest, self._last = published.number, published
        self.waiting.clear()  # whoever signs one of them now has not seen what came into force meanwhile
        return published

    def caught_up(self) -> None:
        """All that was there at the start was read: what was in force then is among it, or is not on this topic."""
        self._known = b""

    def last(self) -> CompiledPolicy | None:
        """The policy that came into force last."""
        return self._last.compiled() if self._last else None

    def _judged(self, raw: bytes, at: int) -> Published:
        admins = self.admins()
        found = read(raw, admins.keys)
        if found.signers and self._is_old(found):
            raise RecordError("replayed", "an older policy than the one in force")
        if at and found.number > at + AHEAD_MS:
            raise RecordError("malformed_policy", "its number is a century ahead: nothing could follow it")
        try:
            return judge(raw, admins, self.last)
        except RecordError as error:
            if error.code == "second_signature":
                self.waiting[f"{found.name} {found.number}"] = (raw, error.detail)
            raise

    def _was_in_force(self, raw: bytes) -> bool:
        found = read(raw, {})
        return bool(self._known) and not self._is_old(found) and found.text == self._known

    def _is_old(self, found: Published) -> bool:
        return found.number <= self.newest


__all__ = ["PAYLOAD_TYPE", "Admins", "Published", "Succession", "envelope", "judge", "read", "signed_too"]
