"""What the records of a topic usually hold, by path and kind: learned, signed, and held against what comes.

A profile names places, never values: a member whose name could be data counts as ``*``, and so do all members of an
object that turns out to have very many.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.base.records import FieldUse
from maskgate.crypto import canonical, signing

PAYLOAD_TYPE = "application/vnd.maskgate.drift-profile.v1+json"
_DOMAIN = "drift-profile.v1"
_MANY = 64  # members of one object: above, their names are data
MAX_PATHS = 2_000
_NAME = re.compile(r"(?=.*[A-Za-z])(?!.*\d{4})[A-Za-z_$@][\w.$-]{0,47}", re.ASCII)
_ID = re.compile(r"[0-9a-fA-F-]{16,}|(?=(?:.*\d){3})[\w.:-]{12,}", re.ASCII)
_CACHED = 20_000

Place = tuple[str, str]
"""A path with ``*`` for what is data, and a kind."""


@dataclass
class TopicProfile:
    """One topic: records that were looked at, and in how many of them a kind stood at a path."""

    records: int = 0
    paths: dict[str, dict[str, int]] = field(default_factory=dict)
    stars: set[str] = field(default_factory=set)
    """Objects whose members are data."""
    _members: dict[str, set[str]] = field(default_factory=dict)
    _folded: dict[str, str] = field(default_factory=dict)

    def fold(self, path: str) -> str:
        """The path with ``*`` for array indexes and for members whose names are data."""
        known = self._folded.get(path)
        if known is None:
            head, *parts = path.split("/")
            known = head
            for part in parts:
                plain = known not in self.stars and _NAME.fullmatch(part) and not _ID.fullmatch(part)
                known += "/" + (part if plain else "*")
            if len(self._folded) >= _CACHED:
                self._folded.clear()
            self._folded[path] = known
        return known

    def places(self, uses: Iterable[FieldUse | Mapping[str, object]]) -> dict[Place, str]:
        """The places of a record's findings, each with what was done there."""
        out = {}
        for use in uses:
            path, entity, operator = (
                (use.path, use.entity, use.operator)
                if isinstance(use, FieldUse)
                else (str(use["path"]), str(use["entity"]), str(use["operator"]))
            )
            out[self.fold(path), entity] = operator
        return out

    def has(self, place: Place) -> bool:
        """Whether the kind is known at the path."""
        return place[1] in self.paths.get(place[0], ())

    @property
    def is_full(self) -> bool:
        """Whether no further path is learned: then a path that is not here says nothing."""
        return len(self.paths) >= MAX_PATHS

    def learn(self, places: Iterable[Place]) -> None:
        """Count what stood in one record."""
        for given, kind in places:
            path = self._member(given)
            kinds = self.paths.get(path)
            if kinds is None:
                if self.is_full:
                    continue
                kinds = self.paths[path] = {}
            kinds[kind] = kinds.get(kind, 0) + 1

    def _member(self, path: str) -> str:
        """Notice a path's members; the path as it is called from now on."""
        if path in self.paths:
            return path
        at, *parts = path.split("/")
        for part in parts:
            if part != "*":
                members = self._members.setdefault(at, set())
                members.add(part)
                if len(members) > _MANY:
                    self._star(at)
                    return self.fold(path)
            at += "/" + part
        return path

    def _star(self, parent: str) -> None:
        self.stars.add(parent)
        self._folded.clear()
        self._members = {at: names for at, names in self._members.items() if not f"{at}/".startswith(f"{parent}/")}
        old, self.paths = self.paths, {}
        for path, kinds in old.items():
            into = self.paths.setdefault(self.fold(path), {})
            for kind, count in kinds.items():
                into[kind] = into.get(kind, 0) + count

    def as_json(self) -> dict[str, object]:
        """For files."""
        return {"records": self.records, "paths": self.paths, "stars": sorted(self.stars)}

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> TopicProfile:
        """From a file.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        paths = {
            str(path): {str(kind): int(n) for kind, n in kinds.items()} for path, kinds in dict(tree["paths"]).items()
        }
        out = cls(int(tree["records"]), paths, set(map(str, tree["stars"])))
        for path in paths:
            at, *parts = path.split("/")
            for part in parts:
                if part != "*":
                    out._members.setdefault(at, set()).add(part)
                at += "/" + part
        return out


@dataclass(frozen=True)
class Signed:
    """A profile as an administrator signed it."""

    number: int
    topics: Mapping[str, TopicProfile]
    signers: tuple[str, ...]


def seal(topics: Mapping[str, TopicProfile], signers: Sequence[signing.Signer], number: int | None = None) -> bytes:
    """The profile as a signed file; its number is the time in milliseconds unless given."""
    tree = {
        "domain": _DOMAIN,
        "number": time.time_ns() // 1_000_000 if number is None else number,
        "topics": {name: topic.as_json() for name, topic in topics.items()},
    }
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), signers)


def read(raw: bytes, keys: Mapping[str, bytes], needed: int = 1) -> Signed:
    """The profile of a signed file.

    Raises:
        ConfigurationError: too few administrators signed it, or it is none.
    """
    try:
        envelope = signing.parse(raw.strip())
        valid = signing.verify(envelope, keys) if envelope.payload_type == PAYLOAD_TYPE else ()
        tree = canonical.loads(envelope.payload) if len(valid) >= needed else {}
        if tree.get("domain") == _DOMAIN:
            topics = {str(name): TopicProfile.from_json(topic) for name, topic in tree["topics"].items()}
            return Signed(int(tree["number"]), topics, valid)
    except (RecordError, AttributeError, KeyError, TypeError, ValueError):
        pass
    raise ConfigurationError(
        f"drift.profile: not signed by {needed} administrator(s) whom this host knows, or changed; "
        "make it with `maskgate drift sign`"
    )


__all__ = ["MAX_PATHS", "PAYLOAD_TYPE", "Place", "Signed", "TopicProfile", "read", "seal"]
