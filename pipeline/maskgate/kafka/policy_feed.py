"""The policy topic: policies signed by administrators, followed by every worker and the gate.

A message on ``maskgate.policy`` is a DSSE envelope over the policy's text and a number that only grows: an old envelope
that somebody writes again is not taken (:mod:`maskgate.policy.published` says what is). Once a published policy is in
force the file is not looked at any more, so that a process that starts later ends up with the same one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from confluent_kafka import Message

from maskgate.base.config import Kafka
from maskgate.base.errors import RecordError
from maskgate.base.log import say
from maskgate.crypto import signing
from maskgate.kafka import admin, topics
from maskgate.kafka.errors import Unrecoverable
from maskgate.kafka.session import Out, Session
from maskgate.policy import PolicyChange, PolicyHolder
from maskgate.policy.published import Admins, Published, Succession, envelope


def publish(kafka: Kafka, text: bytes, name: str, signers: Sequence[signing.Signer]) -> bytes:
    """Put a policy on the topic and return the message; workers and the gate take it at their next border.

    Its number is the time, or the next one where a clock that went ahead has put a later one there: readers would take
    the policy for an old one, and nobody would say so here. Messages of these keys alone count: no other is known here.
    """
    message = envelope(text, name, signers, max(time.time_ns() // 1_000_000, _newest(kafka, signers) + 1))
    put(kafka, message)
    return message


def put(kafka: Kafka, message: bytes) -> None:
    """Put a signed message on the topic."""
    session = Session(kafka, group="maskgate.policy.publish", transactional_id=None, topics=[], partitions={})
    try:
        session.commit([Out(topics.POLICY, message, b"policy", (), 0)], {})
    finally:
        session.close()


def _newest(kafka: Kafka, signers: Sequence[signing.Signer]) -> int:
    """The last number that these keys published; -1 where there is none, or this user may not read the topic."""
    try:
        feed = Feed(kafka, lambda: Admins({s.key_id: s.public for s in signers}), "policy", tell=False)
    except Unrecoverable:
        return -1
    feed.latest()
    feed.close()
    return feed.succession.newest


class Feed:
    """Reads the topic from its beginning; ``latest`` gives the newest policy that counts and was not given yet."""

    def __init__(
        self, kafka: Kafka, admins: Callable[[], Admins], role: str, *, known: bytes = b"", tell: bool = True
    ) -> None:
        """``known``: the published policy that was in force before this process (see :class:`Succession`)."""
        self._role, self._tell = role, tell
        self.succession = Succession(admins, known)
        ends = admin.end_offsets(kafka, [topics.POLICY])
        self._reader = admin.plain_reader(kafka, [topics.POLICY], tell_ends=True)
        self._there = list(admin.until(self._reader, ends, 30.0))  # what is there already counts from the start

    def latest(self) -> Published | None:
        """The newest since the last call, or None."""
        found: Published | None = None
        for message in self._there:
            found = self._taken(message) or found
        if self._there:
            self._there = []
            self.succession.caught_up()
        for message in self._reader.consume(100, 0):
            if message.error() is None:
                found = self._taken(message) or found
        return found

    def _taken(self, message: Message) -> Published | None:
        try:
            return self.succession.take(message.value() or b"", message.timestamp()[1])
        except RecordError as error:
            if self._tell:
                why = {"reason": error.detail} if error.code == "second_signature" else {}
                say(self._role, "policy_message_refused", offset=message.offset(), code=error.code, **why)
            return None

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
        self.signers: tuple[str, ...] = ()
        """Who signed the policy in force, where it was published."""

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
            self.signers = published.signers if good else self.signers
            return change
        if not self._published:
            if not self._blind and not self._refused:
                self._holder.settle()
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
    admins: Callable[[], Admins],
    role: str,
    have: Callable[[], Mapping[str, int]] | None = None,
) -> Follower:
    """A follower of the topic, where administrators are enrolled and the topic is there.

    Raises:
        WorldError: the broker did not give the topic in time; a restart reads it again.
    """
    if not admins().keys or topics.POLICY not in (have() if have else admin.reachable(kafka)):
        return Follower(holder, None, role)
    try:
        return Follower(holder, Feed(kafka, admins, role, known=holder.published_before), role)
    except Unrecoverable as error:
        say(role, "policy_topic_unread", level="warning", message=str(error))
        return Follower(holder, None, role, blind=True)
