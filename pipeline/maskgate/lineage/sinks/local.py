"""The local folder as a place for lineage: claims by hard link, and the signed manifest."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from maskgate.base.errors import WorldError
from maskgate.base.log import say
from maskgate.crypto import signing
from maskgate.lineage.sinks import claims, maintain
from maskgate.lineage.sinks.claims import Footer, Name
from maskgate.lineage.sinks.manifest import Entry, Manifest
from maskgate.lineage.sinks.parquet import entry_of, write_file
from maskgate.lineage.sinks.place import LocalPlace
from maskgate.lineage.sinks.store import Hole, Resuming

QUARANTINE = "_quarantine"


class LocalStore(Resuming):
    """One folder on a file system with hard links."""

    def __init__(
        self, folder: Path, instance: str, signer: signing.Signer, keys: Mapping[str, bytes] | None = None
    ) -> None:
        super().__init__(LocalPlace(folder), signer, keys)
        self.folder, self._instance = folder, instance
        self._files = 0
        claims.prepare(folder)
        claims.sweep(folder, instance)
        self.manifest.refresh()
        if not self.manifest.exists:
            _adopt(folder, self.manifest)

    def resume(self, topic_id: str, partition: int) -> tuple[int, list[Hole]]:
        """Where to go on, and what to write anew; the newest file is linked under its day if a crash left that out."""
        found = super().resume(topic_id, partition)
        newest = claims.newest(self.folder, topic_id, partition)
        if newest is not None:
            claims.show(self.folder, newest)
        return found

    def _quarantine(self, at: Name) -> None:
        away, name = self.folder / QUARANTINE, str(at)
        away.mkdir(exist_ok=True)
        with claims.swapping(self.folder):
            (self.folder / claims.CLAIMS / name).rename(away / f"{name}.{time.time_ns() // 1_000_000}")
            for shown in self.folder.glob(f"dt=*/{name}.parquet"):
                shown.unlink()
            claims.sync(self.folder / claims.CLAIMS)

    def publish(self, tables: Iterable[pa.Table], footer: Footer, missing: int = 0) -> None:
        """Write the rows as one file and claim its offsets.

        Raises:
            Fenced: another sink was faster.
        """
        self._files += 1
        temp = self.folder / f"{claims.TEMP}{self._instance}-{os.getpid()}-{footer.partition}-{self._files}"
        write_file(temp, tables, footer)
        self.manifest.append("add", [entry_of(temp, footer, missing)])
        claims.publish(self.folder, temp, footer)

    def tidy(self) -> None:
        """Bring marks and links by day in line with the claims."""
        maintain.relink(self.folder)


def _adopt(folder: Path, manifest: Manifest) -> None:
    """Begin the manifest of a folder from before it: what can be read is taken as it is, and said to be."""
    names = sorted(claims.names(folder))
    if not names:
        return
    found = list(_readable(folder, [name for name, full in names if full]))
    manifest.append("adopt", [entry_of(c.path, c.footer, adopted=True) for c in found], reason="the manifest begins")
    for topic_id, partition in {name[:2] for name, _ in names}:
        ranges = [(c.footer.start, c.footer.end) for c in found if c.footer[1:3] == (topic_id, partition)]
        marks = [name.start for name, full in names if not full and name[:2] == (topic_id, partition)]
        manifest.append("drop", list(_dropped(topic_id, partition, ranges, marks)), reason="marks of a retention")
    say("lineage", "manifest_begins", adopted=len(found))


def _readable(folder: Path, names: Iterable[Name]) -> Iterator[claims.Claim]:
    covered: dict[tuple[str, int], int] = {}
    for name in names:
        path = folder / claims.CLAIMS / str(name)
        if name.start <= covered.get((name.topic_id, name.partition), -1):
            continue
        try:
            footer = claims.read_footer(path)
        except WorldError as error:
            say("lineage", "damaged", file=str(name), problem=str(error))
            continue
        covered[name.topic_id, name.partition] = footer.end
        yield claims.Claim(path, footer)


def _dropped(topic_id: str, partition: int, ranges: list[tuple[int, int]], marks: list[int]) -> Iterator[Entry]:
    """What lay between the files and is marked."""
    at = 0
    for start, end in sorted(ranges):
        if start > at and at in marks:
            yield Entry(str(Name(topic_id, partition, at)), "", 0, 0, start - 1)
        at = end + 1


__all__ = ["QUARANTINE", "LocalStore"]
