"""The policy topic: a policy signed by an administrator, followed by every worker and the gate.

A message on ``maskgate.policy`` is a DSSE envelope over the policy's text and a number that only grows: an old envelope
that somebody writes again is not taken. Once a published policy is in force the file is not looked at any more, so that
a process that starts later ends up with the same one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maskgate.base.config import Kafka
from maskgate.base.errors import PolicyError, RecordError
from maskgate.base.log import say
from maskgate.crypto import canonical, signing
from maskgate.kafka import admin, topics
from maskgate.kafka.errors import Unrecoverable
from maskgate.kafka.session import Out, Session
from maskgate.policy import PolicyChange, PolicyHolder, compile_source
from maskgate.policy import source as sources

PAYLOAD_TYPE = "application/vnd.maskgate.policy.v1+json"
_DOMAIN = "policy.v1"


@dataclass(frozen=True, slots=True)
class Published:
    """A policy that an administrator signed."""

    name: str
    text: bytes
    number: int
    signer: str


def envelope(text: bytes, name: str, signer: signing.Signer, number: int | None = None) -> bytes:
    """The signed message for a policy; ``number`` is the time in milliseconds unless given.

    Raises:
        PolicyError: the policy is wrong, or leans on files that the readers do not have.
    """
    compiled = compile_source(sources.parse(text, name))
    beside = [part.name for part in compiled.chain[1:] if not part.name.startswith("profile ")]
    if beside:
        raise PolicyError(f"{name}: a published policy may extend profiles only, not {', '.join(beside)}")
    tree = {
        "domain": _DOMAIN,
        "name": name,
        "number": time.time_ns() // 1_000_000 if number is None else number,
        "text": text.decode(),
    }
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), [signer])


def publish(kafka: Kafka, text: bytes, name: str, signer: signing.Signer) -> None:
    """Put a policy on the topic; every worker and the gate take it at their next border.

    Its number is the time, or the next one where a clock that went ahead has put a later one there: readers would take
    the policy for an old one, and nobody would say so here. Messages of this key alone count: no other is known here.
    """
    message = envelope(text, name, signer, max(time.time_ns() // 1_000_000, _newest(kafka, signer) + 1))
    session = Session(kafka, group="maskgate.policy.publish", transactional_id=None, topics=[], partitions={})
    try:
        session.commit([Out(topics.POLICY, message, b"policy", (), 0)], {})
    finally:
        session.close()


def _newest(kafka: Kafka, signer: signing.Signer) -> int:
    """The last number that this key published; -1 where there is none, or this user may not read the topic."""
    try:
        feed = Feed(kafka, {signer.key_id: signer.public}, "policy", tell=False)
    except Unrecoverable:
        return -1
    feed.close()
    return feed.newest


def read(raw: bytes, keys: Mapping[str, bytes]) -> Published:
    """The policy of a message, verified against the administrators' keys.

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type``, ``bad_signature`` or ``malformed_policy``.
    """
    opened = signing.parse(raw)
    if opened.payload_type != PAYLOAD_TYPE:
        raise RecordError("wrong_type", "not a policy")
    good = signing.verify(opened, keys)
    if not good:
        raise RecordError("bad_signature", "no signature of an enrolled administrator")
    try:
        tree = canonical.loads(opened.payload)
        if tree["domain"] != _DOMAIN:
            raise ValueError
        return Published(str(tree["name"]), str(tree["text"]).encode(), int(tree["number"]), good[0])
    except (KeyError, TypeError, ValueError):
        raise RecordError("malformed_policy", "the signed payload is not a policy") from None


class Feed:
    """Reads the topic from its beginning; ``latest`` gives the newest good policy that was not given yet."""

    def __init__(self, kafka: Kafka, keys: Mapping[str, bytes], role: str, *, tell: bool = True) -> None:
        self._keys, self._role, self._tell = keys, role, tell
        self._ends = admin.end_offsets(kafka, [topics.POLICY])
        self._reader = admin.plain_reader(kafka, [topics.POLICY], tell_ends=True)
        self.newest = -1
        self._found: Published | None = None
        for message in admin.until(self._reader, self._ends, 30.0):  # what is there already counts from the start
            self._take(message)

    def latest(self) -> Published | None:
        """The newest since the last call, or None."""
        for message in self._reader.consume(100, 0):
            if message.error() is None:
                self._take(message)
        found, self._found = self._found, None
        return found

    def _take(self, message: Any) -> None:
        try:
            published = read(message.value() or b"", self._keys)
        except RecordError as error:
            self._refused(message, error.code)
            return
        if published.number <= self.newest:
            self._refused(message, "replayed")
            return
        self.newest, self._found = published.number, published

    def _refused(self, message: Any, code: str) -> None:
        if self._tell:
            say(self._role, "policy_message_refused", offset=message.offset(), code=code)

    def close(self) -> None:
        """Stop reading."""
        self._reader.close()


class Follower:
    """A policy holder that follows the topic, or its file while nothing was published.

    Where policies are published, a file or a kept policy counts only if it is the one that was published last.
    """

    def __init__(self, holder: PolicyHolder, feed: Feed | None, role: str = "policy", *, blind: bool = False) -> None:
        """``blind``: policies may be published, but this process cannot see them."""
        self._holder, self._feed, self._role, self._blind = holder, feed, role, blind
        self._published = self._refused = False

    def poll(self) -> PolicyChange | None:
        """What changed since the last call; a refused policy leaves the last good one in force."""
        published = self._feed.latest() if self._feed else None
        if published is not None:
            file = self._holder.path if not self._published else None
            change = self._holder.offer(published.text, published.name)
            good = change is None or change.accepted
            if file is not None and change is not None and good:
                self._tell_ignored(file)
            self._published = self._published or good
            self._refused = not good
            return change
        if not self._published:
            return self._holder.poll()
        edited = self._holder.edited()
        if edited is not None:
            self._tell_ignored(edited)
        return None

    def _tell_ignored(self, file: Path) -> None:
        hint = "policies are published here: what is in this file counts after `maskgate policy publish`"
        say(self._role, "policy_file_ignored", level="warning", file=str(file), hint=hint)

    def refuse(self) -> None:
        """The policy that was given last cannot be used by this process."""
        self._published, self._refused = False, True

    @property
    def doubt(self) -> str:
        """Why what is in force may be older than what was published; empty where it is not.

        A process that worked with a published policy keeps it when a later one cannot be used: only one that starts
        cannot tell the last good policy from an old one.
        """
        if self._published:
            return ""
        if self._refused:
            return "the policy that was published last cannot be used here"
        if self._blind and self._holder.fallback:
            return "the policy file cannot be used, and the policy topic cannot be read to compare the kept one with it"
        return ""


def follow(
    holder: PolicyHolder,
    kafka: Kafka,
    keys: Mapping[str, bytes],
    role: str,
    have: Callable[[], Mapping[str, int]] | None = None,
) -> Follower:
    """A follower of the topic, where administrators are enrolled and the topic is there.

    Raises:
        WorldError: the broker did not give the topic in time; a restart reads it again.
    """
    if not keys or topics.POLICY not in (have() if have else admin.reachable(kafka)):
        return Follower(holder, None, role)
    try:
        return Follower(holder, Feed(kafka, keys, role), role)
    except Unrecoverable as error:
        say(role, "policy_topic_unread", level="warning", message=str(error))
        return Follower(holder, None, role, blind=True)
