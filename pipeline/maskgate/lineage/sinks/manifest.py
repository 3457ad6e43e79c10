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

import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from maskgate.base.errors import RecordError, WorldError
from maskgate.crypto import canonical, signing
from maskgate.lineage.sinks.expected import Entry, Expected, Trouble, troubles
from maskgate.lineage.sinks.journal import segments
from maskgate.lineage.sinks.place import Place

PAYLOAD_TYPE = "application/vnd.maskgate.lineage-manifest.v1+json"
_DOMAIN = "lineage-manifest.v1"
_NOTHING = hashlib.sha256(b"").hexdigest()


class DamagedManifest(WorldError):
    """A line of the manifest is not what a sink wrote."""


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
    """The manifest of one place: what it expects (``expected``), and how to append to it.

    ``keys`` (id → raw public key) are those of the sinks; without them no signature is looked at, which is enough to
    find out what is missing, not to prove anything.
    """

    def __init__(
        self, place: Place, signer: signing.Signer | None = None, keys: Mapping[str, bytes] | None = None
    ) -> None:
        self._place, self.journal, self._signer = place, place.lines(), signer
        self._keys = dict(keys or {}) | ({signer.key_id: signer.public} if signer else {})
        self._forget()

    def _forget(self) -> None:
        self.expected = Expected()
        self.count, self.head = 0, _NOTHING
        self.begins_after = _NOTHING  # hash of the last line of the file before this one

    @property
    def torn(self) -> bool:
        """Whether it ends within a line."""
        return self.journal.torn

    @property
    def exists(self) -> bool:
        """Whether a line was ever written."""
        return self.count > 0

    def refresh(self) -> None:
        """Read what was appended since.

        Raises:
            DamagedManifest: a line is not signed by a known key, does not follow the one before, or is no line at all.
        """
        fresh = self.journal.fresh()
        if fresh.begins is not None:
            self._forget()
            self.count = fresh.begins - 1
        for line in fresh.lines:
            self._take(line)
        self.journal.taken()

    def _take(self, line: bytes) -> None:
        at = f"{self.journal.part}: line of number {self.count + 1}"
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
        with self.journal.locked():
            self.refresh()
            while not self.journal.add(self.count + 1, self._line(op, files, names, reason)):
                self.refresh()
            self.refresh()

    def restart(self, reason: str, keep: Expected | None = None) -> None:
        """Start a new part whose first line lists what is expected; the old one stays for older checkpoints."""
        with self.journal.locked():
            if keep is None:
                self.refresh()
            base = keep or self.expected
            line = self._line("base", base.listed(self._place.same_size), base.dropped(), reason)
            self.journal.begin(self.count + 1, line)
            self.refresh()

    def _line(self, op: str, files: Sequence[Entry], names: Sequence[str], reason: str) -> bytes:
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
        return signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), [self._signer])

    def hash_of(self, number: int) -> str | None:
        """Hash of a line by its number, from whichever part holds it; None where that is gone."""
        line = self.journal.line(number)
        return None if line is None else hashlib.sha256(line).hexdigest()


def lasting_troubles(manifest: Manifest, place: Place, thorough: bool = True) -> list[Trouble]:
    """What is wrong at a second look, too: a sink writes its line, then shows its file, while others read both.

    Raises:
        DamagedManifest: see :meth:`Manifest.refresh`.
    """
    fits = place.same_bytes if thorough else place.same_size
    found = list(troubles(manifest.expected, place.names(), fits))
    if not found:
        return []
    manifest.refresh()
    return [trouble for trouble in troubles(manifest.expected, place.names(), fits) if trouble in found]


__all__ = ["DamagedManifest", "Entry", "Manifest", "head", "lasting_troubles", "segments"]
