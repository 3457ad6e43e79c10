"""What the sink needs of a place, whatever it is made of: where to go on, what is damaged, and keeping rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

import pyarrow as pa

from maskgate.base.log import say
from maskgate.crypto import signing
from maskgate.lineage.sinks import expected
from maskgate.lineage.sinks.claims import Footer, Name
from maskgate.lineage.sinks.expected import Entry, Trouble
from maskgate.lineage.sinks.manifest import Manifest
from maskgate.lineage.sinks.place import Place


class Hole(NamedTuple):
    """Offsets whose rows have to be read from the topic again; both ends inclusive."""

    name: Name
    end: int
    rows: int  # how many there were; -1 where nobody knows


class Store(Protocol):
    """A place where lineage is kept: each range of offsets once, whoever writes."""

    place: Place
    manifest: Manifest

    def resume(self, topic_id: str, partition: int) -> tuple[int, list[Hole]]:
        """Where to go on, and what lies before that and has to be written anew."""

    def put_away(self, found: Iterable[Trouble]) -> list[Hole]:
        """Move what is damaged or nobody's out of the way; the holes that are left."""

    def publish(self, tables: Iterable[pa.Table], footer: Footer, missing: int = 0) -> None:
        """Keep the rows under their offsets.

        Raises:
            Fenced: another sink was faster.
        """

    def tidy(self) -> None:
        """Finish what a compaction or a sink left half done when it died."""


class Resuming:
    """How every store finds out where to go on."""

    def __init__(self, place: Place, signer: signing.Signer, keys: Mapping[str, bytes] | None) -> None:
        self.place = place
        self.manifest = Manifest(place, signer, keys)

    def resume(self, topic_id: str, partition: int) -> tuple[int, list[Hole]]:
        """Where to go on, and what before that is damaged or missing; damaged files are moved away, loudly.

        Sizes of all files are looked at, the bytes of the newest; ``maskgate lineage repair`` looks at all bytes.
        """
        key = (topic_id, partition)
        found = self._troubles(key)
        if found:  # a compaction that swaps files meanwhile is over at a second look, or leaves other troubles
            found = [trouble for trouble in self._troubles(key) if trouble in found]
        holes = self.put_away(found)
        part = self.manifest.expected.part(*key)
        ends = [entry.end for _, entry in expected.good(part, key, self._fits(key))]
        after = max([*ends, *part.dropped.values()], default=-1) + 1
        return after, [hole for hole in holes if hole.name.start < after]

    def _troubles(self, key: tuple[str, int]) -> list[Trouble]:
        there = {name.start: full for name, full in self.place.names() if name[:2] == key}
        self.manifest.refresh()  # after the names: what lies there has its line by now
        return list(expected.of_part(self.manifest.expected.part(*key), key, there, self._fits(key)))

    def _fits(self, key: tuple[str, int]) -> expected.Fits:
        newest = max(self.manifest.expected.part(*key).files, default=-1)

        def fits(name: Name, entry: Entry) -> bool:
            return (self.place.same_bytes if entry.at.start == newest else self.place.same_size)(name, entry)

        return fits

    def put_away(self, found: Iterable[Trouble]) -> list[Hole]:
        """Move what is damaged or nobody's out of the way; the holes that are left."""
        holes = []
        for trouble in found:
            if trouble.quarantine:
                self.manifest.append("quarantine", names=[str(trouble.name)], reason=trouble.text)
                self._quarantine(trouble.name)
            say("lineage", "damaged", file=str(trouble.name), problem=trouble.text, quarantined=trouble.quarantine)
            if trouble.entry is not None:
                holes.append(Hole(trouble.name, trouble.entry.end, trouble.entry.rows))
        return holes

    def _quarantine(self, name: Name) -> None:
        raise NotImplementedError


__all__ = ["Hole", "Resuming", "Store"]
