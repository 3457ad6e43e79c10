"""A Delta table as a place for lineage: the table's log says which files count, so any reader of Delta sees the rows.

A file is put under a name of its own (offsets and digest), then committed together with the last offset of its
partition as the version of an application transaction. The library takes the same version twice, so a commit is made
from the snapshot in which the version was read, and only if that is still the newest: of two sinks with the same
offsets one commits, the other reads again and finds itself late. The signed manifest lies beside, as in a bucket.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from maskgate.base.address import Address
from maskgate.base.errors import WorldError
from maskgate.crypto import signing
from maskgate.lineage.sinks.claims import Footer, Name
from maskgate.lineage.sinks.columns import SCHEMA
from maskgate.lineage.sinks.expected import Entry
from maskgate.lineage.sinks.objects import Listed, Objects, connect
from maskgate.lineage.sinks.remote import ObjectPlace, RemoteStore, fenced

_TRIES = 40
_WAIT_S = 0.05
Actions = list[AddAction | RemoveAction]


class DeltaPlace(ObjectPlace):
    """The files that the newest snapshot of a table names."""

    def __init__(self, objects: Objects, address: Address) -> None:
        super().__init__(objects, address.copies)
        self._uri = address.bare.removeprefix("file://")
        self.options = {"aws_endpoint": address.endpoint, "aws_region": address.region}
        self.options = {key: value for key, value in self.options.items() if value}
        if address.endpoint.startswith("http://"):
            self.options["aws_allow_http"] = "true"

    def store(self, signer: signing.Signer, keys: Mapping[str, bytes] | None = None) -> DeltaStore:
        """What a sink writes through."""
        return DeltaStore(self, signer, keys)

    def table(self) -> DeltaTable | None:
        """The table as it is now; None where there is none yet.

        Raises:
            WorldError: it cannot be read.
        """
        try:
            return DeltaTable(self._uri, storage_options=self.options)
        except TableNotFoundError:
            return None
        except (DeltaError, OSError) as error:
            raise self.failed(error) from None

    def create(self) -> None:
        """Make the table if it is not there."""
        try:
            DeltaTable.create(self._uri, SCHEMA, mode="ignore", name="maskgate_lineage", storage_options=self.options)
        except (DeltaError, OSError) as error:
            if self.table() is None:  # a second sink may have made it meanwhile
                raise self.failed(error) from None

    def failed(self, error: Exception) -> WorldError:
        """What went wrong, without the library's words: they can hold parts of credentials."""
        return WorldError(f"{self.objects.url}: the table cannot be used ({type(error).__name__}); is the store up?")

    def names(self) -> list[tuple[Name, bool]]:
        """What the newest snapshot names; a file of another writer goes by its path, which no line has."""
        self._found = active(self.table())
        return [(name, True) for name in self._found]

    def object_name(self, entry: Entry) -> str:
        """Offsets and digest: two sinks never write the same name with other bytes."""
        return f"{entry.name.replace('+', '~')}~{entry.digest[:16]}.parquet"

    def same_size(self, name: Name, entry: Entry) -> bool:
        """By the table's log."""
        found = self._found.get(name)
        return found is not None and (found.name, found.size) == (self.object_name(entry), entry.size)


def active(table: DeltaTable | None) -> dict[Name, Listed]:
    """The files of a snapshot by the offsets they hold."""
    if table is None:
        return {}
    found = {}
    actions = pa.table(table.get_add_actions(flatten=True))
    for path, size in zip(actions["path"].to_pylist(), actions["size_bytes"].to_pylist(), strict=True):
        name = Name.parse(path.rpartition("~")[0].replace("~", "+"))
        found[name or Name(path, 0, 0)] = Listed(path, size, "")
    return found


class DeltaStore(RemoteStore):
    """Claims by commits."""

    def __init__(self, place: DeltaPlace, signer: signing.Signer, keys: Mapping[str, bytes] | None = None) -> None:
        self._table = place
        place.create()
        super().__init__(place, signer, keys)

    def _claim(self, entry: Entry, data: bytes, footer: Footer) -> None:
        path = self._table.object_name(entry)
        self.objects.write(path, data)  # whatever lay there: the name holds the digest

        def decide(table: DeltaTable, found: Mapping[Name, Listed]) -> tuple[Actions, list[Transaction]]:
            if found.get(entry.at, Listed("", 0, "")).name == path:
                return [], []  # an earlier try of this call, whose answer was lost
            if self._is_taken(entry, found):
                raise fenced(footer)
            app = f"maskgate.lineage/{footer.topic_id}/{footer.partition}"
            version = table.transaction_version(app)
            last = -1 if version is None else version
            # what was lost is written anew behind the version; everything else has to be newer than it
            done = [Transaction(app, footer.end)] if footer.start > last else []
            return [_add(path, entry, True)], done

        self._commit(decide)

    def _is_taken(self, entry: Entry, found: Mapping[Name, Listed]) -> bool:
        """Whether a file of the table, or what retention dropped, holds the first offset."""
        at = entry.at
        part = self.manifest.expected.part(at.topic_id, at.partition)
        ends = {self._table.object_name(item): item.end for items in part.files.values() for item in items}
        spans = [(n.start, ends.get(f.name, n.start)) for n, f in found.items() if n[:2] == at[:2]]
        return any(start <= at.start <= end for start, end in [*spans, *part.dropped.items()])

    def _commit(self, decide: Callable[[DeltaTable, Mapping[Name, Listed]], tuple[Actions, list[Transaction]]]) -> None:
        """Commit what is decided on a snapshot, if that is still the newest; else look again."""
        for number in range(_TRIES):
            self.manifest.refresh()
            table = self._table.table()
            if table is None:
                raise WorldError(f"{self.objects.url}: the table is gone")
            actions, done = decide(table, active(table))
            if not actions:
                return
            try:
                table.create_write_transaction(
                    actions,
                    mode="append",
                    schema=table.schema(),
                    commit_properties=CommitProperties(app_transactions=done, max_commit_retries=0),
                )
            except CommitFailedError:
                time.sleep(_WAIT_S * min(number, 20))
                continue
            except (DeltaError, OSError) as error:
                raise self._table.failed(error) from None
            return
        raise WorldError(f"{self.objects.url}: others commit all the time; is a job writing to this table?")

    def _quarantine(self, name: Name) -> None:
        self._remove([name])
        self.place.names()

    def swap(self, run: list[Entry], merged: Entry, data: bytes) -> None:
        """Commit a merged file in the place of a run, at once.

        Raises:
            WorldError: one of the run is not in the table any more: a second compaction runs.
        """
        path = self._table.object_name(merged)
        self.objects.write(path, data)
        wanted = {self._table.object_name(entry) for entry in run}

        def decide(_: DeltaTable, found: Mapping[Name, Listed]) -> tuple[Actions, list[Transaction]]:
            there = [listed for listed in found.values() if listed.name in wanted]
            if len(there) != len(run):
                raise WorldError(f"{merged.name}: changed meanwhile; does a second compaction run?")
            return [_add(path, merged, False), *map(_removed, there)], []

        self._commit(decide)

    def drop(self, entries: Iterable[Entry]) -> None:
        """Take files out of the table; their bytes go with the next VACUUM."""
        self._remove([entry.at for entry in entries])

    def _remove(self, names: list[Name]) -> None:
        self._commit(lambda _, found: ([_removed(found[name], True) for name in names if name in found], []))

    def tidy(self) -> None:
        """A commit is whole or not there: nothing is left half done."""
        self.place.names()
        self.manifest.refresh()


def _add(path: str, entry: Entry, fresh: bool) -> AddAction:
    stats = {"numRecords": entry.rows}
    return AddAction(path, entry.size, {}, time.time_ns() // 1_000_000, fresh, json.dumps(stats))


def _removed(listed: Listed, changes: bool = False) -> RemoveAction:
    return RemoveAction(listed.name, changes, time.time_ns() // 1_000_000, listed.size, {})


def open_place(address: Address) -> DeltaPlace:
    """The table at an address."""
    if address.bare.startswith("file://"):
        Path(address.bare.removeprefix("file://")).mkdir(parents=True, exist_ok=True)
    return DeltaPlace(connect(address), address)


__all__ = ["DeltaPlace", "DeltaStore", "open_place"]
