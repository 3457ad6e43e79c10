"""Which Parquet file holds which offsets: hard links in one flat folder, the truth about what is written.

A file of offsets start…end of one partition exists once it is linked at ``_claims/<topic id>+<partition>+<start>``.
``os.link`` fails where the name exists, so of two sinks that hold the same offsets (one was paused, its partition went
to the other) exactly one publishes them. ``start`` is the end of the file before plus one, never the offset of the
first record: both twins use the same name even where aborted records or markers lie between. The folder has no date
in it: twins on the two sides of midnight meet in it too.

An empty file is the mark of a claim whose rows compaction moved or retention dropped; it goes on to fence. Whether it
is one, or a file that lost its bytes, the manifest says.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from maskgate.base.errors import ConfigurationError, WorldError

CLAIMS = "_claims"
TEMP = ".tmp-"
_LOCK = ".readers.lock"
_PREFIX = b"maskgate."


class Fenced(WorldError):
    """Another sink published these offsets already; drop the rows and go on from the newest claim."""


class Name(NamedTuple):
    """The name of a claim."""

    topic_id: str
    partition: int
    start: int

    def __str__(self) -> str:
        return f"{self.topic_id}+{self.partition}+{self.start:020d}"

    @classmethod
    def parse(cls, text: str) -> Name | None:
        """The name, or None where the file is something else."""
        parts = text.rsplit("+", 2)
        if len(parts) != 3 or not parts[0] or not (parts[1].isdigit() and parts[2].isdigit()):
            return None
        return cls(parts[0], int(parts[1]), int(parts[2]))


class Footer(NamedTuple):
    """What a file says about itself in its Parquet footer; both offsets are inclusive."""

    topic: str
    topic_id: str
    partition: int
    start: int
    end: int
    rows: int
    first_append_ms: int
    last_append_ms: int
    schema: str

    @property
    def name(self) -> Name:
        """The claim this file belongs under."""
        return Name(self.topic_id, self.partition, self.start)

    def metadata(self) -> dict[bytes, bytes]:
        """The footer as Parquet key-value metadata."""
        return {_PREFIX + key.encode(): str(value).encode() for key, value in self._asdict().items()}


class Claim(NamedTuple):
    """A claim that holds rows."""

    path: Path
    footer: Footer


def day(append_ms: int) -> str:
    """The partition folder of a file whose first row was appended then: ``dt=2026-11-22``."""
    return f"dt={datetime.fromtimestamp(append_ms / 1000, UTC):%Y-%m-%d}"


def read_footer(path: Path) -> Footer:
    """The footer of a file of ours.

    Raises:
        WorldError: the file is damaged or not ours.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        meta = pq.read_metadata(path).metadata or {}
        raw = {key: meta[_PREFIX + key.encode()].decode() for key in Footer._fields}
        return Footer(
            topic=raw["topic"],
            topic_id=raw["topic_id"],
            partition=int(raw["partition"]),
            start=int(raw["start"]),
            end=int(raw["end"]),
            rows=int(raw["rows"]),
            first_append_ms=int(raw["first_append_ms"]),
            last_append_ms=int(raw["last_append_ms"]),
            schema=raw["schema"],
        )
    except (pa.ArrowInvalid, OSError, KeyError, ValueError) as error:
        raise WorldError(
            f"{path}: no readable lineage footer ({type(error).__name__}); run 'maskgate lineage verify'"
        ) from None


def names(folder: Path) -> Iterator[tuple[Name, bool]]:
    """Every claim and whether it holds rows (an empty one is a mark), in no order."""
    try:
        with os.scandir(folder / CLAIMS) as entries:
            for entry in entries:
                name = Name.parse(entry.name)
                if name is not None:
                    yield name, entry.stat().st_size > 0
    except FileNotFoundError:
        return


def newest(folder: Path, topic_id: str, partition: int) -> Claim | None:
    """The claim from whose end a sink goes on; None where nothing is written yet."""
    found = [name for name, full in names(folder) if full and name[:2] == (topic_id, partition)]
    if not found:
        return None
    path = folder / CLAIMS / str(max(found))
    return Claim(path, read_footer(path))


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """While inside, no compaction swaps files: a merged file is never read beside its sources."""
    with _lock(folder, fcntl.LOCK_SH):
        yield


@contextmanager
def swapping(folder: Path) -> Iterator[None]:
    """Wait for the readers and keep new ones out; for the short moment in which files are swapped."""
    with _lock(folder, fcntl.LOCK_EX):
        yield


@contextmanager
def _lock(folder: Path, how: int) -> Iterator[None]:
    try:
        handle = os.open(folder / _LOCK, os.O_RDONLY)
    except OSError:  # a copy without the lock: nobody swaps files there
        if how == fcntl.LOCK_EX:
            raise WorldError(f"{folder}: no {_LOCK}; is this the sink's own folder?") from None
        yield
        return
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def live(folder: Path) -> list[Claim]:
    """The claims that together hold every row once, by topic, partition and offset.

    A crash in the middle of a compaction leaves the merged file beside its sources; those lie inside the range that the
    merged file covers and are passed over here.
    """
    out: list[Claim] = []
    at: tuple[str, int] | None = None
    covered = -1
    for name in sorted(name for name, full in names(folder) if full):
        if at != name[:2]:
            at, covered = (name.topic_id, name.partition), -1
        if name.start <= covered:
            continue
        path = folder / CLAIMS / str(name)
        footer = read_footer(path)
        covered = footer.end
        out.append(Claim(path, footer))
    return out


def sync(path: Path) -> None:
    """Make the names in a folder, or the bytes of a file, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def prepare(folder: Path) -> None:
    """Create the folders.

    Raises:
        ConfigurationError: they cannot be created or written.
    """
    try:
        (folder / CLAIMS).mkdir(parents=True, exist_ok=True)
        (folder / _LOCK).touch()
    except OSError as error:
        raise ConfigurationError(
            f"lineage.dir {folder}: {error.strerror}; choose a folder that can be written"
        ) from None


def publish(folder: Path, temp: Path, footer: Footer) -> Path:
    """Claim the offsets for a finished, synced temp file and show it under its day; the temp name goes away.

    Raises:
        Fenced: somebody published from this offset before.
        ConfigurationError: the file system has no hard links.
    """
    claim = folder / CLAIMS / str(footer.name)
    try:
        os.link(temp, claim)
    except FileExistsError:
        temp.unlink(missing_ok=True)
        raise Fenced(f"offsets from {footer.start} of partition {footer.partition} are written already") from None
    except OSError as error:
        if error.errno in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK):
            raise ConfigurationError(f"lineage.dir {folder}: no hard links there; use a local file system") from None
        raise WorldError(f"lineage.dir {folder}: {error.strerror}") from None
    sync(folder / CLAIMS)
    show(folder, Claim(claim, footer))
    temp.unlink(missing_ok=True)
    return claim


def shown_at(folder: Path, footer: Footer) -> Path:
    """Where a claim's rows are shown to tools that read the folder by day."""
    return folder / day(footer.first_append_ms) / f"{footer.name}.parquet"


def show(folder: Path, claim: Claim) -> bool:
    """Link a claim under its day if a crash left that out; says whether it did."""
    target = shown_at(folder, claim.footer)
    new_day = not target.parent.exists()
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(claim.path, target)
    except FileExistsError:
        if target.samefile(claim.path):
            return False
        target.unlink()  # of a file that was damaged and written anew
        os.link(claim.path, target)
    sync(target.parent)
    if new_day:
        sync(folder)
    return True


def sweep(folder: Path, instance: str, older_than_s: float = 3600.0) -> int:
    """Remove temp files that this instance left when it died, and others' that are old; says how many."""
    gone = 0
    for path in folder.glob(f"{TEMP}*"):
        try:
            stale = path.stat().st_mtime < time.time() - older_than_s
        except FileNotFoundError:
            continue
        if stale or path.name.startswith(f"{TEMP}{instance}-"):
            path.unlink(missing_ok=True)
            gone += 1
    return gone
