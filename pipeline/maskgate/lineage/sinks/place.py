"""Where the files of lineage lie: what the manifest, the check and the queries need to know of a place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from maskgate.lineage.sinks import claims
from maskgate.lineage.sinks.claims import Name
from maskgate.lineage.sinks.expected import Entry, digest
from maskgate.lineage.sinks.journal import Journal, LocalJournal


class Place(Protocol):
    """A place for files, each under the offsets it holds."""

    def lines(self) -> Journal:
        """The lines of its manifest, from where reading begins."""

    def names(self) -> Iterable[tuple[Name, bool]]:
        """Every claim and whether it holds rows (an empty one is a mark), in no order."""

    def same_size(self, name: Name, entry: Entry) -> bool:
        """Whether the file is there in its length; quick, finds no flips."""

    def same_bytes(self, name: Name, entry: Entry) -> bool:
        """Whether the file is there as it was written."""

    def path(self, entry: Entry) -> Path:
        """A file of this host with the rows of an entry that is there.

        Raises:
            WorldError: it cannot be had, or is another by now.
        """


class LocalPlace:
    """A folder of this host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def lines(self) -> Journal:
        """Files of lines in the folder."""
        return LocalJournal(self.folder)

    def names(self) -> Iterable[tuple[Name, bool]]:
        """The names in the folder."""
        return claims.names(self.folder)

    def same_size(self, name: Name, entry: Entry) -> bool:
        """By the length of the file."""
        try:
            return (self.folder / claims.CLAIMS / str(name)).stat().st_size == entry.size
        except FileNotFoundError:
            return False

    def same_bytes(self, name: Name, entry: Entry) -> bool:
        """By the digest of the file."""
        try:
            return self.same_size(name, entry) and digest(self.folder / claims.CLAIMS / str(name)) == entry.digest
        except FileNotFoundError:
            return False

    def path(self, entry: Entry) -> Path:
        """The file itself."""
        return self.folder / claims.CLAIMS / entry.name


__all__ = ["LocalPlace", "Place"]
