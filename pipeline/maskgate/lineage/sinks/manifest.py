"""The signed manifest of a lineage folder: which files the sink wrote, with the digest of each; appended only.

A file that was flipped, cut, swapped or taken away differs from its line; so does a consistent rewrite, because the
sink's key signs every line and each line names the hash of the one before. What a cut end of the manifest could hide,
the audit checkpoints show: they hold its length and its last hash.

The line of a file is written before the file can be seen. A sink that dies between the two leaves a line without a
file; the next sink writes that file. Nothing is ever taken into the manifest because it lies in the folder, but once:
when a folder from before the manifest is opened (``adopt``).

``_manifest/<number of the first line>.ndjson``; a compaction starts a new one whose first line (``base``) lists what
is there, so that reading stays short. Older ones are needed only for checkpoints of their time.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from maskgate.base.errors import RecordError, WorldError
from maskgate.crypto import canonical, signing
from maskgate.lineage.sinks.expected import Entry, Expected, Fits, Trouble, same_bytes, troubles

FOLDER = "_manifest"
PAYLOAD_TYPE = "application/vnd.maskgate.lineage-manifest.v1+json"
_DOMAIN = "lineage-manifest.v1"
_NOTHING = hashlib.sha256(b"").hexdigest()


class DamagedManifest(WorldError):
    """A line of the manifest is not what a sink wrote."""


def segments(folder: Path) -> list[Path]:
    """The files of the manifest, oldest first."""
    return sorted(path for path in (folder / FOLDER).glob("*.ndjson") if path.stem.isdigit())


def head(folder: Path) -> tuple[int, str] | None:
    """Number and hash of the last whole line, for a checkpoint; None where there is no manifest."""
    for path in reversed(segments(folder)):
        lines = path.read_bytes().split(b"\n")[:-1]
        if lines:
            try:
                number = canonical.loads(signing.parse(lines[-1]).payload)["number"]
                return int(number), hashlib.sha256(lines[-1]).hexdigest()
            except (RecordError, KeyError, TypeError, ValueError):
                return None
    return None


class Manifest:
    """The manifest of one folder: what it expects (``expected``), and how to append to it.

    ``keys`` (id → raw public key) are those of the sinks; without them no signature is looked at, which is enough to
    find out what is missing, not to prove anything.
    """

    def __init__(
        self, folder: Path, signer: signing.Signer | None = None, keys: Mapping[str, bytes] | None = None
    ) -> None:
        self._folder, self._signer = folder, signer
        self._keys = dict(keys or {}) | ({signer.key_id: signer.public} if signer else {})
        self._forget()

    def _forget(self) -> None:
        self.expected = Expected()
        self.count, self.head = 0, _NOTHING
        self._segment: Path | None = None
        self._read = 0
        self.torn = False
        self.begins_after = _NOTHING  # hash of the last line of the file before this one

    @property
    def exists(self) -> bool:
        """Whether a line was ever written."""
        return self.count > 0

    def refresh(self) -> None:
        """Read what was appended since.

        Raises:
            DamagedManifest: a line is not signed by a known key, does not follow the one before, or is no line at all.
        """
        found = segments(self._folder)
        if not found:
            return
        if found[-1] != self._segment:
            self._forget()
            self._segment = found[-1]
            self.count = int(found[-1].stem) - 1
        with found[-1].open("rb") as file:
            file.seek(self._read)
            fresh = file.read()
        whole, _, rest = fresh.rpartition(b"\n")
        self.torn = bool(rest)
        if whole:
            for line in whole.split(b"\n"):
                self._take(line)
            self._read += len(whole) + 1

    def _take(self, line: bytes) -> None:
        at = f"{self._segment.name if self._segment else FOLDER}: line of number {self.count + 1}"
        try:
            tree = self._payload(line)
            first = tree["op"] == "base"
            if tree["number"] != self.count + 1 or (tree["prev"] != self.head and not first):
                raise DamagedManifest(f"{at} does not follow the one before: the manifest was edited or cut")
            self.expected.fold(tree)
            self.begins_after = str(tree["prev"]) if first else self.begins_after
        except (RecordError, KeyError, TypeError, ValueError):
            raise DamagedManifest(f"{at} is not one that a sink signed; run 'maskgate lineage repair'") from None
        self.count += 1
        self.head = hashlib.sha256(line).hexdigest()

    def _payload(self, line: bytes) -> Any:
        envelope = signing.parse(line)
        if envelope.payload_type != PAYLOAD_TYPE or len(envelope.signatures) != 1:
            raise ValueError
        if self._keys and not signing.verify(envelope, self._keys):
            raise ValueError
        tree = canonical.loads(envelope.payload)
        # one spelling of every line: a byte that no signature covers (a key id, white space) would be a flip unseen
        if signing.wrap(PAYLOAD_TYPE, canonical.dumps(tree), envelope.signatures) != line or tree["domain"] != _DOMAIN:
            raise ValueError
        return tree

    def append(self, op: str, files: Sequence[Entry] = (), *, names: Sequence[str] = (), reason: str = "") -> None:
        """Write a line; it is on the disk when this returns.

        Raises:
            WorldError: the disk is full or gone, or the manifest is damaged.
        """
        with self._locked():
            self.refresh()
            self._write(self._segment, op, files, names, reason)
            self.refresh()

    def restart(self, reason: str, keep: Expected | None = None) -> None:
        """Start a new file whose first line lists what is expected; the old one stays for older checkpoints."""
        with self._locked():
            if keep is None:
                self.refresh()
            base = keep or self.expected
            path = self._folder / FOLDER / f"{self.count + 1:012d}.ndjson"
            if path == self._segment:  # a file of which no line counts
                path.rename(path.with_suffix(f".damaged-{time.time_ns()}"))
            self._write(path, "base", base.listed(self._folder), base.dropped(), reason)
            self._segment = None
            self.refresh()

    def _write(self, path: Path | None, op: str, files: Sequence[Entry], names: Sequence[str], reason: str) -> None:
        if self._signer is None:
            raise WorldError("the lineage manifest needs the sink's key to be written")
        tree = {
            "domain": _DOMAIN,
            "number": self.count + 1,
            "prev": self.head,
            "op": op,
            "at": time.time_ns() // 1_000_000,
            "files": [entry._asdict() for entry in files],
            "names": list(names),
            "reason": reason,
        }
        line = signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), [self._signer]) + b"\n"
        path = path or self._folder / FOLDER / f"{self.count + 1:012d}.ndjson"
        try:
            with path.open("ab") as file:
                if path == self._segment and self.torn:  # the end of a sink that died: nothing rests on it
                    file.truncate(self._read)
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise WorldError(f"{path.parent}: cannot write: {error.strerror or type(error).__name__}") from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        (self._folder / FOLDER).mkdir(parents=True, exist_ok=True)
        with (self._folder / FOLDER / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def hash_of(self, number: int) -> str | None:
        """Hash of a line by its number, from whichever file holds it; None where that file is gone."""
        for path in reversed(segments(self._folder)):
            first = int(path.stem)
            if first <= number:
                lines = path.read_bytes().split(b"\n")[:-1]
                at = number - first
                return hashlib.sha256(lines[at]).hexdigest() if at < len(lines) else None
        return None


def lasting_troubles(manifest: Manifest, folder: Path, fits: Fits = same_bytes) -> list[Trouble]:
    """What is wrong at a second look, too: a sink writes its line, then shows its file, while others read both.

    Raises:
        DamagedManifest: see :meth:`Manifest.refresh`.
    """
    found = list(troubles(manifest.expected, folder, fits))
    if not found:
        return []
    manifest.refresh()
    return [trouble for trouble in troubles(manifest.expected, folder, fits) if trouble in found]


__all__ = ["DamagedManifest", "Entry", "Manifest", "head", "lasting_troubles", "segments"]
