"""Who the administrators are by now: those of the people file, and what was signed on ``maskgate.people`` since.

For processes that have no approval log to read. They judge the same messages by the same rules as the gate does; what
they make of them counts for the keys of administrators alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from maskgate.base.config import Kafka
from maskgate.base.errors import RecordError, RefusedError
from maskgate.base.log import say
from maskgate.kafka import admin, topics
from maskgate.kafka.errors import Unrecoverable
from maskgate.people import changes
from maskgate.people.registry import People
from maskgate.policy.published import Admins


class PeopleFeed:
    """A registry that follows the topic."""

    def __init__(self, kafka: Kafka, people: People) -> None:
        self.people = people
        ends = admin.end_offsets(kafka, [topics.PEOPLE])
        self._reader = admin.plain_reader(kafka, [topics.PEOPLE], tell_ends=True)
        for message in admin.until(self._reader, ends, 30.0):
            self._take(message.value() or b"", message.timestamp()[1])

    def admins(self) -> Admins:
        """The administrators after all that was signed until now."""
        for message in self._reader.consume(100, 0):
            if message.error() is None:
                self._take(message.value() or b"", message.timestamp()[1])
        return Admins.of(self.people)

    def _take(self, raw: bytes, at: int) -> None:
        self.people = after(self.people, raw, at)


def after(people: People, raw: bytes, at: int) -> People:
    """The registry after a message of the topic; one that the gate would refuse changes nothing."""
    try:
        changes.verified(people, raw, at)
        return changes.applied(people, raw, at)
    except (RecordError, RefusedError, ArithmeticError, ValueError, TypeError, KeyError, AttributeError):
        return people  # whatever it is: the gate's log says why


def follow(
    people: People | None, fixed: Admins, kafka: Kafka, role: str, have: Mapping[str, int]
) -> Callable[[], Admins]:
    """Says who the administrators are; ``fixed`` where there is no people file, or no right to read the topic."""
    if people is None or not fixed.keys or topics.PEOPLE not in have:
        return lambda: fixed
    try:
        return PeopleFeed(kafka, people).admins
    except Unrecoverable as error:
        say(role, "people_topic_unread", level="warning", message=str(error))
        return lambda: fixed
