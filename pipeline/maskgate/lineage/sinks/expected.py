"""What a lineage folder must hold by its manifest, and what of it is not there."""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from maskgate.lineage.sinks.claims import Name

_CHUNK = 1 << 20


class Entry(NamedTuple):
    """A file as its writer saw it."""

    name: str
    digest: str  # SHA-256 of its bytes
    size: int
    rows: int
    end: int  # the last offset it accounts for
    missing: int = 0  # rows that were lost before it was written anew
    adopted: bool = False  # found in the folder when the manifest began, not seen to be written
    first_ms: int = 0  # append times of its first and last row; 0 where the line is from before they were noted
    last_ms: int = 0

    @property
    def at(self) -> Name:
        """Its parsed name."""
        name = Name.parse(self.name)
        if name is None:
            raise ValueError("not the name of a claim")
        return name


class Trouble(NamedTuple):
    """A file that is not as it must be."""

    name: Name
    text: str
    quarantine: bool  # whether something lies there that has to go
    entry: Entry | None  # what should be there
    unfinished: bool = False  # nothing lies there nor behind it: as a sink leaves it that dies while it writes


Fits = Callable[[Name, Entry], bool]
"""Whether what lies under a name is what an entry tells of."""


@dataclass
class Part:
    """What one partition of one topic must hold, by start offset."""

    files: dict[int, list[Entry]] = field(default_factory=dict)
    """Any one of these: twins may have tried the same name, and the manifest cannot know who won. A file that covers
    later starts stands for them (a merged one; one that was written anew in the place of two)."""
    gone: dict[int, Entry] = field(default_factory=dict)
    """Quarantined, and not written anew yet."""
    dropped: dict[int, int] = field(default_factory=dict)
    """Start → end of what retention took."""


class Expected:
    """The sum of the lines of a manifest."""

    def __init__(self) -> None:
        self.parts: dict[tuple[str, int], Part] = {}

    def part(self, topic_id: str, partition: int) -> Part:
        """One partition's files; an empty one where nothing was written."""
        return self.parts.setdefault((topic_id, partition), Part())

    def fold(self, tree: Mapping[str, Any]) -> None:
        """Apply one line.

        Raises:
            ValueError, KeyError, TypeError: not a line that this version knows.
        """
        files = [Entry(**entry) for entry in tree["files"]]
        names = [str(name) for name in tree["names"]]
        match tree["op"]:
            case "base":
                self.parts = {}
                for entry in files:
                    self._add(entry)
                for text in names:
                    name, _, end = text.rpartition(":")
                    self._drop(_name(name), int(end))
            case "add" | "adopt":
                for entry in files:
                    self._add(entry)
            case "quarantine":
                for at in map(_name, names):
                    part = self._of(at)
                    for entry in part.files.pop(at.start, [])[-1:]:
                        part.gone[at.start] = entry
            case "drop":
                for entry in files:
                    self._drop(entry.at, entry.end)
            case _:
                raise ValueError("an operation from the future")

    def _of(self, name: Name) -> Part:
        return self.part(name.topic_id, name.partition)

    def _add(self, entry: Entry) -> None:
        part = self._of(entry.at)
        if any(start <= entry.at.start <= end for start, end in part.dropped.items()):
            return  # the line of a twin that was paused since before the retention, and was fenced
        part.gone.pop(entry.at.start, None)
        part.files.setdefault(entry.at.start, []).append(entry)

    def _drop(self, name: Name, end: int) -> None:
        part = self._of(name)
        part.files.pop(name.start, None)
        part.gone.pop(name.start, None)
        part.dropped[name.start] = end

    def listed(self, fits: Fits) -> list[Entry]:
        """What counts now: the files that are there, and those that should be."""
        out: list[Entry] = []
        for key, part in self.parts.items():
            found = dict(good(part, key, fits))
            covered = Ranges([(start, entry.end) for start, entry in found.items()])
            out += found.values()
            out += [e for s, es in part.files.items() if s not in found and not covered.inside(s) for e in es[-1:]]
            out += [entry for start, entry in part.gone.items() if not covered.inside(start)]
        return out

    def dropped(self) -> list[str]:
        """What retention took: the names with their ends."""
        return [f"{Name(*key, s)}:{end}" for key, part in self.parts.items() for s, end in part.dropped.items()]


def _name(text: str) -> Name:
    name = Name.parse(text)
    if name is None:
        raise ValueError("not the name of a claim")
    return name


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    out = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            out.update(chunk)
    return out.hexdigest()


def troubles(expected: Expected, names: Iterable[tuple[Name, bool]], fits: Fits) -> Iterator[Trouble]:
    """Every file that is missing, damaged, or nobody's, partition by partition, by offset."""
    there: dict[tuple[str, int], dict[int, bool]] = {}
    for name, full in names:
        there.setdefault((name.topic_id, name.partition), {})[name.start] = full
    for key in sorted(set(there) | set(expected.parts)):
        yield from of_part(expected.part(*key), key, there.get(key, {}), fits)


def of_part(part: Part, key: tuple[str, int], there: Mapping[int, bool], fits: Fits) -> Iterator[Trouble]:
    """The troubles of one partition; ``there`` says which claims lie in the place and which of them hold bytes."""
    found = dict(good(part, key, fits))
    covered = Ranges([(start, entry.end) for start, entry in found.items()])
    told = Ranges(list(part.dropped.items()))
    reached = 0
    for start in sorted(set(part.files) | set(part.gone) | set(part.dropped) | set(there)):
        name = Name(*key, start)
        if start in found:
            pass
        elif covered.inside(start):
            continue
        elif start in part.gone:
            yield Trouble(name, "quarantined, and not written anew yet", start in there, part.gone[start])
        elif start in part.files:
            behind = max([*found, *part.gone, *(s for s in there if there[s])], default=-1) > start
            yield _bad(name, part.files[start], there.get(start), not behind)
        elif start in part.dropped and not there.get(start):
            reached = max(reached, part.dropped[start] + 1)
            continue
        elif start in part.dropped:
            yield Trouble(name, "dropped by retention, and there again; run 'maskgate lineage compact'", True, None)
        elif there[start] or not told.inside(start):
            yield Trouble(name, "not in the manifest: no sink wrote it", True, None)
            continue
        else:
            continue
        if start > reached:
            lost = Name(*key, reached)
            hole = Entry(str(lost), "", 0, -1, start - 1)
            yield Trouble(lost, f"offsets {reached}…{start - 1} are in no file", False, hole)
        reached = max(reached, _end(part, start, found) + 1)


def good(part: Part, key: tuple[str, int], fits: Fits) -> Iterator[tuple[int, Entry]]:
    """The files that are there as they were written, by start, but those that lie inside another."""
    reached = -1
    for start, entries in sorted(part.files.items()):
        if start <= reached:
            continue
        name = Name(*key, start)
        found = next((entry for entry in reversed(entries) if fits(name, entry)), None)
        if found is not None:
            reached = found.end
            yield start, found


def _bad(name: Name, entries: list[Entry], full: bool | None, last: bool) -> Trouble:
    text = {
        None: "in the manifest, not in the folder: deleted, or its sink died before it could show it",
        False: "0 bytes where rows were written",
        True: "damaged or rewritten: not the bytes that were written",
    }[full]
    return Trouble(name, text, full is not None, entries[-1], last and full is None)


def _end(part: Part, start: int, found: Mapping[int, Entry]) -> int:
    if start in found:
        return found[start].end
    if start in part.gone:
        return part.gone[start].end
    return max((entry.end for entry in part.files.get(start, ())), default=part.dropped.get(start, start - 1))


class Ranges:
    """Closed ranges of offsets that do not overlap."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._ranges = sorted(ranges)
        self._starts = [start for start, _ in self._ranges]

    def inside(self, offset: int) -> bool:
        """Whether a range begins before the offset and reaches it."""
        at = bisect.bisect_left(self._starts, offset) - 1
        return at >= 0 and offset <= self._ranges[at][1]
