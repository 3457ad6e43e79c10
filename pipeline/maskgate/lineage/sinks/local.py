"""The local folder as a place for lineage: claims by hard link, and the signed manifest."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from maskgate.base.errors import WorldError
from maskgate.base.log import say
from maskgate.crypto import signing
from maskgate.lineage.sinks import claims, expected
from maskgate.lineage.sinks.claims import Footer, Name
from maskgate.lineage.sinks.manifest import Entry, Manifest

QUARANTINE = "_quarantine"


class Hole(NamedTuple):
    """Offsets whose rows have to be read from the topic again; both ends inclusive."""

    name: Name
    end: int
    rows: int  # how many there were; -1 where nobody knows


class LocalStore:
    """One folder on a file system with hard links."""

    def __init__(
        self, folder: Path, instance: str, signer: signing.Signer, keys: Mapping[str, bytes] | None = None
    ) -> None:
        self.folder, self._instance = folder, instance
        self.manifest = Manifest(folder, signer, keys)
        self._files = 0
        claims.prepare(folder)
        claims.sweep(folder, instance)
        self.manifest.refresh()
        if not self.manifest.exists:
            _adopt(folder, self.manifest)

    def resume(self, topic_id: str, partition: int) -> tuple[int, list[Hole]]:
        """Where to go on, and what before that is damaged or missing; damaged files are moved away, loudly.

        Sizes of all files are looked at, the bytes of the newest; ``maskgate lineage repair`` looks at all bytes.
        """
        there = {name.start: full for name, full in claims.names(self.folder) if name[:2] == (topic_id, partition)}
        self.manifest.refresh()  # after the folder: what lies there has its line by now
        part = self.manifest.expected.part(topic_id, partition)
        newest = max(part.files, default=-1)

        def fits(path: Path, entry: Entry) -> bool:
            return (expected.same_bytes if entry.at.start == newest else expected.same_size)(path, entry)

        found = list(expected.of_part(part, self.folder, (topic_id, partition), there, fits))
        holes = self.put_away(found)
        after = self._after(topic_id, partition, fits)
        for claim in [claims.newest(self.folder, topic_id, partition)]:
            if claim is not None:
                claims.show(self.folder, claim)
        return after, [hole for hole in holes if hole.name.start < after]

    def _after(self, topic_id: str, partition: int, fits: expected.Fits) -> int:
        part = self.manifest.expected.part(topic_id, partition)
        ends = [entry.end for _, entry in expected.good(part, self.folder, (topic_id, partition), fits)]
        return max([*ends, *part.dropped.values()], default=-1) + 1

    def put_away(self, found: Iterable[expected.Trouble]) -> list[Hole]:
        """Move what is damaged or nobody's out of the way; the holes that are left."""
        holes = []
        for trouble in found:
            if trouble.quarantine:
                self._quarantine(trouble)
            say("lineage", "damaged", file=str(trouble.name), problem=trouble.text, quarantined=trouble.quarantine)
            if trouble.entry is not None:
                holes.append(Hole(trouble.name, trouble.entry.end, trouble.entry.rows))
        return holes

    def _quarantine(self, trouble: expected.Trouble) -> None:
        name = str(trouble.name)
        self.manifest.append("quarantine", names=[name], reason=trouble.text)
        away = self.folder / QUARANTINE
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


def entry_of(path: Path, footer: Footer, missing: int = 0, adopted: bool = False) -> Entry:
    """What the manifest says of a finished file."""
    size = path.stat().st_size
    return Entry(str(footer.name), expected.digest(path), size, footer.rows, footer.end, missing, adopted)


def write_file(path: Path, tables: Iterable[pa.Table], footer: Footer) -> None:
    """A synced Parquet file with page checksums and the footer; not visible to anyone yet.

    Raises:
        WorldError: the disk is full or gone.
    """
    try:
        with path.open("wb") as out:
            writer: pq.ParquetWriter | None = None
            for rows in tables:
                table = rows.replace_schema_metadata(footer.metadata())
                if writer is None:
                    writer = pq.ParquetWriter(
                        out, table.schema, compression="zstd", write_page_checksum=True, store_schema=True
                    )
                writer.write_table(table)
            if writer is not None:
                writer.close()
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise WorldError(f"{path.parent}: cannot write lineage: {error.strerror or type(error).__name__}") from None


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


__all__ = ["QUARANTINE", "Hole", "LocalStore", "entry_of", "write_file"]
