"""Takes one sink through the log: reads, sends, then moves the cursor. Knows no broker.

Each sink has its own reader, so that a slow one holds up no other and holds no entries for it. Waiting is by the
monotonic clock: a jump of the other one neither hurries nor stops it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Protocol

from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.base.log import say
from maskgate.sync.cursor import Cursor, CursorFile, digest
from maskgate.sync.entry import Entry, Item, NotTaken, Sink
from maskgate.sync.form import Form, ident

_AGAIN_S = (0.5, 60.0)
_REFUSED_S = (5.0, 900.0)
_MOST_S = 3600.0  # however long a receiver asks for
_READ_S = 0.5


class Reader(Protocol):
    """The log as one sink reads it."""

    def seek(self, offset: int) -> None:
        """Go on from there."""

    def read(self, max_entries: int, max_wait_s: float) -> Sequence[Entry]:
        """The next committed entries, in order; none: nothing is there yet."""

    def bounds(self) -> tuple[int, int]:
        """The first offset there is, and the one behind the last."""

    @property
    def at_end(self) -> bool:
        """Whether the last read came to the end of what is committed."""

    def close(self) -> None:
        """Let the log go."""


class Courier:
    """One sink's way through the log."""

    def __init__(
        self,
        name: str,
        sink: Sink,
        form: Form,
        file: CursorFile,
        reader: Reader,
        topic_id: str,
        batch: int = 100,
        whole: bool = False,
    ) -> None:
        self.name, self._sink, self._form, self._file, self._reader = name, sink, form, file, reader
        self._topic_id, self._batch, self._size, self._whole = topic_id, batch, batch, whole
        self._cursor = Cursor(topic_id)
        self._waiting: list[Entry] = []
        self._failures = 0
        self.trouble = ""
        """Why the sink did not take what it was sent last; empty while it does."""
        self.counts = {"sent": 0, "again": 0, "refused": 0}

    def start(self) -> None:
        """Hold the cursor against the log.

        Raises:
            ConfigurationError: the log is not the one that was sent, or ends before what was sent; says what to do.
        """
        found = self._file.load() or self._cursor
        low, high = self._reader.bounds()
        if found.topic_id != self._topic_id:
            self._refuse("the log's topic was created anew since entries were sent")
        if found.next > high:
            self._refuse(f"entry {found.offset} was sent, but the log ends at {high}: its last entries were cut off")
        if found.next < low:
            self._refuse(f"entry {found.next} is to be sent next, but the log begins at {low}: entries are gone")
        self._cursor = found
        self._reader.seek(found.offset if found.digest else found.next)
        if found.digest:
            self._compare(found)

    def _compare(self, found: Cursor) -> None:
        """The entry that was sent last is still there, as it was.

        Raises:
            ConfigurationError: it is another one. WorldError: the broker does not give it.
        """
        until = time.monotonic() + 30.0
        while not self._waiting and time.monotonic() < until:
            self._waiting = list(self._reader.read(self._batch, _READ_S))
        if not self._waiting:
            raise WorldError(f"the log: the broker does not give entry {found.offset}, which was sent last")
        first = self._waiting[0]
        if first.offset != found.offset or digest(first.value) != found.digest:
            self._refuse(f"entry {found.offset} is not the one that was sent: the log was changed or replaced")
        del self._waiting[0]

    def _refuse(self, why: str) -> None:
        raise ConfigurationError(
            f"audit.sinks.{self.name}: {why}; restore the log and check it with `maskgate audit verify`, or, to go on "
            f"with this one, `maskgate audit sync --sink {self.name} --from OFFSET|TIME` (--from 0: everything)"
        )

    def step(self) -> float:
        """Send the next entries, if there are any; the seconds to wait before the next step."""
        if not self._waiting:
            self._waiting = list(self._reader.read(self._batch, _READ_S))
        part = self._waiting[: self._size]
        if not part:
            return 0.0
        if part[0].offset < self._cursor.next:
            self._refuse(f"the log went back to entry {part[0].offset} after {self._cursor.offset} was sent")
        try:
            self._sink.send([self._item(entry) for entry in part])
        except NotTaken as error:
            return self._failed(error, part)
        self._sent(part)
        return 0.0

    def _item(self, entry: Entry) -> Item:
        return Item(entry, self._form(entry, self._topic_id, self._whole), ident(entry, self._topic_id))

    def _sent(self, part: Sequence[Entry]) -> None:
        self._cursor = Cursor(self._topic_id, part[-1].offset, digest(part[-1].value))
        self._file.save(self._cursor)
        if self.trouble:
            say("audit-sync", "sink_takes_again", sink=self.name, offset=part[-1].offset)
        del self._waiting[: len(part)]
        self.trouble, self._failures = "", 0
        self.counts["sent"] += len(part)
        self._size = min(self._batch, self._size * 2)

    def _failed(self, error: NotTaken, part: Sequence[Entry]) -> float:
        how = "refused" if error.refused else "again"
        self.counts[how] += 1
        if error.refused and self._size > 1:  # one bad entry must not hide among good ones: find it
            self._size = max(1, len(part) // 2)
            return 0.0 if len(part) > 1 else self._pause(error, part)
        return self._pause(error, part)

    def _pause(self, error: NotTaken, part: Sequence[Entry]) -> float:
        self._failures += 1
        first, most = _REFUSED_S if error.refused else _AGAIN_S
        wait_s: float = min(most, first * 2 ** min(self._failures - 1, 20)) * random.uniform(0.8, 1.2)
        wait_s = min(_MOST_S, max(error.after_s, wait_s))
        if error.why != self.trouble or error.refused:
            say(
                "audit-sync", "sink_refused" if error.refused else "sink_waits",
                level="error" if error.refused else "warning", sink=self.name, why=error.why,
                offset=part[0].offset, again_in_s=round(wait_s, 1),
            )  # fmt: skip
        self.trouble = error.why
        return wait_s

    def lag(self) -> tuple[int, float]:
        """Entries that wait for the sink, and the age of the next one in seconds."""
        if not self._waiting:
            return 0, 0.0
        _, high = self._reader.bounds()
        age = time.time() - self._waiting[0].at_ms / 1000
        return max(len(self._waiting), high - self._waiting[0].offset), max(0.0, age)

    @property
    def next(self) -> int:
        """The entry that is sent next."""
        return self._cursor.next

    @property
    def done(self) -> bool:
        """Whether nothing waits: the end of the log was read, and all of it was sent."""
        return self._reader.at_end and not self._waiting

    def close(self) -> None:
        """Let the receiver, the log and the cursor go."""
        self._sink.close()
        self._reader.close()
        self._file.release()
