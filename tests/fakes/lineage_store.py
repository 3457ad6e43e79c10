"""A local lineage folder with a sink's key of its own."""

from __future__ import annotations

from pathlib import Path

from maskgate.crypto import signing
from maskgate.lineage.sinks import check, maintain
from maskgate.lineage.sinks.local import LocalStore
from maskgate.lineage.sinks.manifest import Manifest
from maskgate.lineage.sinks.place import LocalPlace
from maskgate.lineage.sinks.writer import PartitionWriter

SINK = signing.from_seed(b"lineage sink".ljust(32, b"."))
KEYS = {SINK.key_id: SINK.public}


def store(folder: Path, instance: str = "a") -> LocalStore:
    """The folder as a sink opens it."""
    return LocalStore(folder, instance, SINK)


def writer(folder: Path, topic_id: str = "tid", partition: int = 0, instance: str = "a") -> PartitionWriter:
    """A writer behind the newest claim."""
    return PartitionWriter(store(folder, instance), "maskgate.lineage", topic_id, partition)


def verify(folder: Path, repair: bool = False) -> list[str]:
    """What is wrong, by the sink's public key."""
    return check.verify(folder, KEYS, repair)


def compact(folder: Path, **options: object) -> maintain.Compacted:
    """A compaction signed by the sink."""
    return maintain.compact(folder, Manifest(LocalPlace(folder), SINK), **options)  # type: ignore[arg-type]
