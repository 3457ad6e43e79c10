"""An object store as a place for lineage: claims by conditional put, and the signed manifest, a line an object.

``_claims/<topic id>+<partition>+<start>`` holds the Parquet file itself, put with ``If-None-Match: *``: of two sinks
that hold the same offsets one writes it. ``_manifest/<number>`` is put the same way, so that the numbers make one
chain whoever writes. Files that are read are copied into a folder of this host under their digest, and held against
it: what a query reads is what a sink wrote.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pyarrow as pa

from maskgate.base.address import Address
from maskgate.base.errors import WorldError
from maskgate.crypto import signing
from maskgate.lineage.sinks.claims import CLAIMS, Fenced, Footer, Name
from maskgate.lineage.sinks.expected import Entry, Ranges, good
from maskgate.lineage.sinks.journal import FOLDER, Fresh, Journal
from maskgate.lineage.sinks.objects import Listed, Objects, connect
from maskgate.lineage.sinks.parquet import entry_of, write_file
from maskgate.lineage.sinks.store import Resuming

QUARANTINE = "_quarantine"
_NEWEST = f"{FOLDER}/newest"
_COPIES = "_copies"


class ObjectJournal:
    """Lines of a manifest, one object each. ``newest`` names the line where reading begins; it is only a hint: a wrong
    one names a line that is not there or begins nothing, and the manifest says so."""

    def __init__(self, objects: Objects, mirror: Path) -> None:
        self._objects, self._mirror = objects, mirror / FOLDER
        self.torn, self.begins, self._next, self._pending = False, 1, 1, 0

    @property
    def part(self) -> str:
        """Where reading begins."""
        return f"{FOLDER}/{self.begins:012d}"

    def fresh(self) -> Fresh:
        """The lines behind those that were taken."""
        newest = self._newest()
        begins = None
        if newest != self.begins:
            self.begins = self._next = begins = newest
        after = f"{FOLDER}/{self._next - 1:012d}"
        names = [found.name for found in self._objects.listed(FOLDER, after) if found.name.rpartition("/")[2].isdigit()]
        lines = [line for line in self._objects.read_all(names) if line is not None]
        if self.begins == self._next > 1 and not lines:
            raise WorldError(f"{self._objects.url}/{_NEWEST} names a line that is not there; remove that object")
        self._pending = len(lines)
        return Fresh(begins, lines)

    def _newest(self) -> int:
        text = self._objects.read(_NEWEST) or b"1"
        if not text.isdigit() or len(text) > 12 or int(text) < 1:
            raise WorldError(f"{self._objects.url}/{_NEWEST} is no number; remove that object")
        return int(text)

    def taken(self) -> None:
        """Go on behind the lines that were read last."""
        self._next, self._pending = self._next + self._pending, 0

    def add(self, number: int, line: bytes) -> bool:
        """Put the line under its number."""
        if not self._objects.create(f"{FOLDER}/{number:012d}", line):
            return False
        self._show(number, line)
        return True

    def _show(self, number: int, line: bytes) -> None:
        """Leave the newest line in a folder of this host, where the gate's checkpoints look for it."""
        try:
            self._mirror.mkdir(parents=True, exist_ok=True)
            path = self._mirror / f"{number:012d}.ndjson"
            path.with_suffix(".tmp").write_bytes(line + b"\n")
            path.with_suffix(".tmp").replace(path)
            for older in self._mirror.glob("*.ndjson"):
                if older != path:
                    older.unlink(missing_ok=True)
        except OSError as error:
            raise WorldError(f"lineage.dir {self._mirror}: {error.strerror or type(error).__name__}") from None

    def begin(self, number: int, line: bytes) -> None:
        """Put the line that sums up, then name it; lines that lie behind and do not count are moved away first."""
        for found in list(self._objects.listed(FOLDER, f"{FOLDER}/{number - 1:012d}")):
            if found.name.rpartition("/")[2].isdigit():
                self._objects.write(f"{found.name}.damaged-{time.time_ns()}", self._objects.read(found.name) or b"")
                self._objects.remove(found.name)
        if not self.add(number, line):
            raise WorldError(f"{self._objects.url}: another writes the manifest at this moment; try again")
        self._objects.write(_NEWEST, str(number).encode())

    def line(self, number: int) -> bytes | None:
        """The line of that number."""
        return self._objects.read(f"{FOLDER}/{number:012d}")

    def before(self) -> tuple[str, str] | None:
        """Where it began before, and now."""
        return (f"{FOLDER}/{self.begins - 1:012d}", self.part) if self.begins > 1 else None

    def locked(self) -> AbstractContextManager[None]:
        """No lock: a number is given once."""
        return nullcontext()


class Copies:
    """Files that were read, in a folder of this host, under their digests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _COPIES

    def path(self, entry: Entry) -> Path:
        """Where the copy of a file lies, or would."""
        return self._folder / f"{entry.digest}.parquet"

    def has(self, entry: Entry) -> bool:
        """Whether the copy is there."""
        path = self.path(entry)
        return path.exists() and path.stat().st_size == entry.size

    def keep(self, entry: Entry, data: bytes) -> bool:
        """Keep a file if it is what the entry tells of; says whether it is."""
        if len(data) != entry.size or hashlib.sha256(data).hexdigest() != entry.digest:
            return False
        temp = self.temp()
        try:
            temp.write_bytes(data)
            temp.replace(self.path(entry))
        except OSError as error:
            raise WorldError(f"lineage.dir {self._folder}: {error.strerror or type(error).__name__}") from None
        return True

    def temp(self) -> Path:
        """A name in the folder for a file that is not finished."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f".tmp-{os.getpid()}-{uuid.uuid4().hex}"

    def forget(self, keep: Iterable[Entry]) -> None:
        """Remove copies of files that are no more."""
        wanted = {self.path(entry) for entry in keep}
        for path in self._folder.glob("*.parquet"):
            if path not in wanted:
                path.unlink(missing_ok=True)


class ObjectPlace:
    """The claims of an object store."""

    def __init__(self, objects: Objects, copies: Path) -> None:
        self.objects, self.copies, self._folder = objects, Copies(copies), copies
        self._found: dict[Name, Listed] = {}

    def lines(self) -> Journal:
        """One object each."""
        return ObjectJournal(self.objects, self._folder)

    def names(self) -> list[tuple[Name, bool]]:
        """What the store lists now."""
        self._found = {}
        for listed in self.objects.listed(CLAIMS):
            name = Name.parse(listed.name.rpartition("/")[2])
            if name is not None:
                self._found[name] = listed
        return [(name, listed.size > 0) for name, listed in self._found.items()]

    def listed(self, name: Name) -> Listed | None:
        """A claim as it was listed last."""
        return self._found.get(name)

    def object_name(self, entry: Entry) -> str:
        """Where the bytes of an entry lie."""
        return f"{CLAIMS}/{entry.name}"

    def same_size(self, name: Name, entry: Entry) -> bool:
        """By the list."""
        found = self._found.get(name)
        return found is not None and found.size == entry.size

    def same_bytes(self, name: Name, entry: Entry) -> bool:
        """By the bytes, read now: a copy of an earlier day proves nothing of the store."""
        if not self.same_size(name, entry):
            return False
        return self.copies.keep(entry, self.objects.read(self.object_name(entry)) or b"")

    def store(self, signer: signing.Signer, keys: Mapping[str, bytes] | None = None) -> RemoteStore:
        """What a sink writes through."""
        return RemoteStore(self, signer, keys)

    def path(self, entry: Entry) -> Path:
        """A copy, read from the store where it is not there yet."""
        if not self.copies.has(entry):
            data = self.objects.read(self.object_name(entry))
            if data is None or not self.copies.keep(entry, data):
                raise WorldError(f"lineage: {entry.name} is not what was written; run 'maskgate lineage verify'")
        return self.copies.path(entry)


def open_place(address: Address) -> ObjectPlace:
    """The place at an address.

    Raises:
        ConfigurationError: the address cannot be used.
    """
    return ObjectPlace(connect(address), address.copies)


class RemoteStore(Resuming):
    """What the sink does at every place that is reached by objects."""

    def __init__(self, place: ObjectPlace, signer: signing.Signer, keys: Mapping[str, bytes] | None = None) -> None:
        super().__init__(place, signer, keys)
        self.objects, self.copies, self._at = place.objects, place.copies, place
        self.objects.probe()
        self.manifest.refresh()

    def publish(self, tables: Iterable[pa.Table], footer: Footer, missing: int = 0) -> None:
        """Write the rows as one file and claim its offsets.

        Raises:
            Fenced: another sink was faster.
        """
        entry, data = self.file(tables, footer, missing)
        self.manifest.append("add", [entry])
        self._claim(entry, data, footer)

    def file(self, tables: Iterable[pa.Table], footer: Footer, missing: int = 0) -> tuple[Entry, bytes]:
        """The rows as a file, kept as a copy, too."""
        temp = self.copies.temp()
        write_file(temp, tables, footer)
        entry = entry_of(temp, footer, missing)
        data = temp.read_bytes()
        temp.replace(self.copies.path(entry))
        return entry, data

    def _claim(self, entry: Entry, data: bytes, footer: Footer) -> None:
        if not self.objects.create(self._at.object_name(entry), data):
            raise fenced(footer)

    def _quarantine(self, name: Name) -> None:
        objects, at = self.objects, f"{CLAIMS}/{name}"
        objects.write(f"{QUARANTINE}/{name}.{time.time_ns() // 1_000_000}", objects.read(at) or b"")
        objects.remove(at)
        self.place.names()

    def swap(self, run: list[Entry], merged: Entry, data: bytes) -> None:
        """Put a merged file in the place of the first of a run; the others become marks.

        Raises:
            WorldError: a file is another than was listed: a second compaction runs.
        """
        first, *rest = [self._at.listed(entry.at) for entry in run]
        if first is None or not self.objects.replace(first.name, data, first.tag):
            raise WorldError(f"{merged.name}: changed meanwhile; does a second compaction run?")
        self._mark(rest)

    def drop(self, entries: Iterable[Entry]) -> None:
        """Take the rows of files away; their names go on to fence."""
        self._mark(self._at.listed(entry.at) for entry in entries)

    def _mark(self, found: Iterable[Listed | None]) -> None:
        for listed in found:
            if listed is not None and listed.size:
                self.objects.replace(listed.name, b"", listed.tag)

    def live(self) -> list[Entry]:
        """The files that hold every row once, of what was listed last."""
        parts = self.manifest.expected.parts.items()
        return [entry for key, part in parts for _, entry in good(part, key, self.place.same_size)]

    def tidy(self) -> None:
        """Make marks of files whose rows lie in a merged one: a compaction died before it could."""
        names = [name for name, _ in self.place.names()]
        self.manifest.refresh()
        live = self.live()
        for key in {name[:2] for name in names}:
            ranges = Ranges([(entry.at.start, entry.end) for entry in live if entry.at[:2] == key])
            self._mark(self._at.listed(name) for name in names if name[:2] == key and ranges.inside(name.start))


def fenced(footer: Footer) -> Fenced:
    """The error of a sink that was too late."""
    return Fenced(f"offsets from {footer.start} of partition {footer.partition} are written already")


__all__ = ["Copies", "ObjectJournal", "ObjectPlace", "RemoteStore", "fenced", "open_place"]
