"""Signed checkpoints of the log: to a topic and to a file, and held against the log at every start."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from maskgate.audit import checkpoint
from maskgate.base import filemodes
from maskgate.base.errors import RecordError
from maskgate.crypto import signing
from maskgate.crypto.merkle import Frontier
from maskgate.kafka import topics
from maskgate.kafka.errors import Unrecoverable
from maskgate.kafka.session import Out
from maskgate.lineage.sinks import manifest


class Checkpoints:
    """The last checkpoint that was kept, and the next one."""

    def __init__(self, signer: signing.Signer, path: Path, lineage: Path | None = None) -> None:
        self._signer, self._path, self._lineage = signer, path, lineage
        self._place = str(path)
        filemodes.secret_folder(path.parent)  # it is there before the first checkpoint, for who copies it
        self._last = self._read()
        self._next: tuple[bytes, checkpoint.Checkpoint] | None = None

    def _read(self) -> checkpoint.Checkpoint | None:
        """The last whole line of the file; a torn one at the end was never kept."""
        try:
            lines = [line for line in self._path.read_bytes().split(b"\n")[:-1] if line]
        except FileNotFoundError:
            return None
        if not lines:
            return None
        try:
            return checkpoint.verify(lines[-1], {self._signer.key_id: self._signer.public})
        except RecordError as error:
            raise Unrecoverable(
                f"{self._path}: the last checkpoint does not verify ({error.code}); do not trust this folder"
            ) from None

    def learn(self, heads: Iterable[tuple[str, bytes]]) -> None:
        """Take the longest of these heads (place, envelope) where it is longer than our own; others' are left alone."""
        for place, raw in heads:
            try:
                head = checkpoint.verify(raw, {self._signer.key_id: self._signer.public})
            except RecordError:
                continue  # of an earlier key, or not a head: it can only be one less to hold the log against
            if self._last is None or head.size > self._last.size:
                self._last, self._place = head, place

    def refuse_to_forget(self, past: str) -> None:
        """Refuse to begin a log where there was one.

        Raises:
            Unrecoverable: no head is known, and ``past`` says that there were decisions.
        """
        if self._last is None and past:
            raise Unrecoverable(
                f"the log is empty and nobody holds a head of it, but {past}: restore the log; if this is meant to be "
                "a new installation, run `maskgate audit init`"
            )

    def check(self, tree: Frontier) -> None:
        """Hold the replayed log against the last checkpoint at the moment it has the same size.

        Raises:
            Unrecoverable: another root: the log was rewritten.
        """
        if self._last and tree.size == self._last.size and tree.root().hex() != self._last.root:
            raise Unrecoverable(f"the log is not the one that was checkpointed in {self._place}: it was rewritten")

    def check_end(self, tree: Frontier) -> None:
        """The whole log was replayed.

        Raises:
            Unrecoverable: it is shorter than the last checkpoint: it was truncated, or the broker is another one.
        """
        if self._last and tree.size < self._last.size:
            raise Unrecoverable(
                f"the log holds {tree.size} events, the checkpoint in {self._place} {self._last.size}: it was cut, "
                "or this is another broker; restore the log, or move the folder away if you mean to start anew"
            )

    def is_behind(self, tree: Frontier) -> bool:
        """Whether there are events, or files of lineage, after the last checkpoint."""
        if tree.size > (self._last.size if self._last else 0):
            return True
        head = self._head()
        return head is not None and head != (self._last.lineage if self._last else None)

    def _head(self) -> tuple[int, str] | None:
        """The end of the lineage manifest, where this host has it."""
        try:
            return manifest.head(self._lineage) if self._lineage else None
        except OSError:
            return None

    def outs(self, tree: Frontier, now_ms: int) -> list[Out]:
        """The record of a new checkpoint; ``keep`` writes it to the file once the broker has it."""
        if not self.is_behind(tree):
            return []
        raw = checkpoint.sign(tree, self._signer, now_ms, self._head(), self._last.size if self._last else 0)
        self._next = (raw, checkpoint.verify(raw, {self._signer.key_id: self._signer.public}))
        return [Out(topics.CHECKPOINTS, raw, key=str(tree.size).encode(), partition=0)]

    def keep(self) -> None:
        """Append the checkpoint that was just committed."""
        if self._next is None:
            return
        raw, self._last = self._next
        self._next = None
        with self._path.open("ab") as file:
            os.fchmod(file.fileno(), filemodes.PUBLIC)  # whatever the umask: others check the log with it
            if file.tell() and not self._ends_whole():
                file.write(b"\n")
            file.write(raw + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _ends_whole(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
