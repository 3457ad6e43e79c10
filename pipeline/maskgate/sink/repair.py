"""Writing damaged lineage files anew from the topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from maskgate.base.address import Where
from maskgate.base.config import Settings
from maskgate.base.log import say
from maskgate.kafka import topics
from maskgate.kafka.topic_id import topic_id
from maskgate.lineage.sinks import expected, keys
from maskgate.lineage.sinks.manifest import DamagedManifest, Manifest
from maskgate.lineage.sinks.opened import open_place, open_store
from maskgate.lineage.sinks.store import Hole, Store
from maskgate.lineage.sinks.writer import PartitionWriter
from maskgate.sink.role import Fetch, fetcher, fill


class Repaired(NamedTuple):
    """What a repair did."""

    quarantined: int
    rebuilt: int
    rows_lost: int
    left: list[str]
    """Files that only their own topic could give again, and that topic is no more."""


def repair(settings: Settings, where: Where) -> Repaired:
    """Hold every file against its digest; quarantine and write anew what differs.

    Raises:
        WorldError: no broker.
    """
    state = settings.pipeline.state_dir
    current = topic_id(settings)
    mend_manifest(Manifest(open_place(where), keys.own(state), keys.known(state)))
    store = open_store(where, "repair", keys.own(state), keys.known(state))
    return mend(store, current, fetcher(settings.kafka))


def mend_manifest(manifest: Manifest) -> None:
    """Where a line was edited: go on from the lines before it; what those do not know is nobody's then."""
    try:
        manifest.refresh()
    except DamagedManifest as error:
        say("lineage", "manifest_damaged", problem=str(error))
        manifest.restart("the manifest was damaged", manifest.expected)


def mend(store: Store, topic_id: str, fetch: Fetch, topic: str = topics.LINEAGE) -> Repaired:
    """The repair of a place whose manifest reads."""
    names = list(store.place.names())
    found = list(expected.troubles(store.manifest.expected, names, store.place.same_bytes))
    holes = store.put_away(found)
    ours: dict[int, list[Hole]] = {}
    left = []
    for hole in holes:
        if hole.name.topic_id == topic_id:
            ours.setdefault(hole.name.partition, []).append(hole)
        else:
            left.append(f"{hole.name}: its topic is not there any more; restore the file from a copy")
    rebuilt, lost = _fill(store, topic, topic_id, ours, fetch)
    store.tidy()
    return Repaired(sum(trouble.quarantine for trouble in found), rebuilt, lost, left)


def _fill(
    store: Store, topic: str, topic_id: str, holes: Mapping[int, Iterable[Hole]], fetch: Fetch
) -> tuple[int, int]:
    rebuilt = lost = 0
    for partition, there in sorted(holes.items()):
        writer = PartitionWriter(store, topic, topic_id, partition)
        writer.holes = list(there)
        files, rows = fill(writer, (topic, partition), fetch)
        rebuilt, lost = rebuilt + files, lost + rows
    return rebuilt, lost


__all__ = ["Repaired", "mend", "mend_manifest", "repair"]
