"""Who a record comes from: a signature of an enrolled producer, the policy's map of topics, or nobody we can name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, cast

from maskgate.approvals.messages import requester
from maskgate.approvals.model import Requester
from maskgate.base.records import Record
from maskgate.lineage.event import Assurance
from maskgate.people.principal import Principal, ProducerKey, parse_principal

_EXPORT = "maskgate.export"  # names the destination; a signature covers it


@dataclass(frozen=True, slots=True)
class Actor:
    """The actor of a lineage row and how well we know it."""

    actor: str
    assurance: Assurance


@dataclass(slots=True)
class Origins:
    """Producers' keys and the policy's principals and owners per topic."""

    keys: Mapping[str, ProducerKey] = field(default_factory=dict)
    mapped: Mapping[str, Requester] = field(default_factory=dict)
    owners: Mapping[str, tuple[Principal, ...]] = field(default_factory=dict)

    def requester(self, record: Record, destination: str) -> Requester:
        """Who asks for the export of this record."""
        return requester.resolve(
            record,
            destination,
            keys=self.keys,
            mapped=self.mapped.get(record.topic),
            declared=self.declared(record.topic),
        )

    def declared(self, topic: str) -> tuple[Principal, ...]:
        """Everybody whom the policy names as an owner of the topic."""
        return tuple(p for glob, people in self.owners.items() if fnmatchcase(topic, glob) for p in people)

    def who(self, record: Record) -> Actor:
        """The actor of a record that is not held: a signed header is looked at only where keys are enrolled."""
        if self.keys and any(name == requester.HEADER for name, _ in record.headers):
            asked = next((value for name, value in record.headers if name == _EXPORT), None) or b""
            return self.as_actor(self.requester(record, asked.decode("utf-8", "replace")))
        return self.of_topic(record.topic)

    def of_topic(self, topic: str) -> Actor:
        """The actor of what nobody signed: the policy's principal of the topic, or nobody."""
        mapped = self.mapped.get(topic)
        return Actor(str(mapped.principal), "acl") if mapped else Actor(topic, "unverified")

    @staticmethod
    def as_actor(who: Requester) -> Actor:
        """The actor that a requester is."""
        good = who.assurance in ("signed", "acl")
        return Actor(str(who.principal) if good else who.sub, cast(Assurance, who.assurance if good else "unverified"))


def from_policy(exports: Any, keys: Mapping[str, ProducerKey]) -> Origins:
    """The origins that a policy's ``exports`` part declares."""
    mapped = {
        topic: Requester(p.iss, p.sub, p.kind, "acl", owner=parse_principal(p.owner, p.iss) if p.owner else None)
        for topic, p in getattr(exports, "principals", {}).items()
    }
    owners = {glob: _people(names) for glob, names in getattr(exports, "owners", {}).items()}
    return Origins(keys, mapped, owners)


def _people(names: Iterable[str]) -> tuple[Principal, ...]:
    return tuple(parse_principal(name) for name in names)
