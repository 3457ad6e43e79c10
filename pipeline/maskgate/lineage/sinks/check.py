"""Proving that every row that was written is there once, and is what was written."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from maskgate.base.address import Address, Where
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.lineage.sinks import claims, expected, maintain
from maskgate.lineage.sinks.columns import SCHEMA
from maskgate.lineage.sinks.expected import Entry, Trouble
from maskgate.lineage.sinks.manifest import Manifest, lasting_troubles
from maskgate.lineage.sinks.opened import open_place
from maskgate.lineage.sinks.place import LocalPlace, Place


def verify(
    where: Where, keys: Mapping[str, bytes], repair: bool = False, heads: Sequence[tuple[int, str]] = ()
) -> list[str]:
    """What is wrong with the place, one line each; empty when every row is there once.

    Every file is held against its digest in the manifest, whose signatures are verified with ``keys`` (those of the
    sinks); its pages, schema, offsets and count against its footer; the files against each other; the links by day
    against the claims, which ``repair`` brings in line. ``heads`` are (number, hash) of lines of the manifest that
    verified audit checkpoints hold.
    """
    if isinstance(where, Address):
        return list(_problems(open_place(where), keys, heads))
    if not (where / claims.CLAIMS).is_dir():
        raise ConfigurationError(f"{where}: no lineage there; is lineage.dir right?")
    if repair:
        maintain.relink(where)
    with claims.reading(where):
        return list(_problems(open_place(where), keys, heads))


def _problems(place: Place, keys: Mapping[str, bytes], heads: Sequence[tuple[int, str]]) -> Iterator[str]:
    if not keys:
        yield "no public key of a sink is known: nothing proves who wrote these files (give --key lineage.pub)"
        return
    manifest = Manifest(place, keys=keys)
    try:
        manifest.refresh()
    except WorldError as error:
        yield str(error)
        return
    if manifest.torn:
        yield "the manifest ends within a line: its sink died there, or it was cut; the next line of a sink mends it"
    yield from _against_heads(manifest, heads)
    yield from _parts(manifest)
    yield from map(said, lasting_troubles(manifest, place))
    for key, part in manifest.expected.parts.items():
        for _, entry in expected.good(part, key, place.same_size):
            yield from _contents(place, entry)


def said(trouble: Trouble) -> str:
    """The trouble as a line."""
    return f"{trouble.name}: {trouble.text}"


def notes(where: Where, keys: Mapping[str, bytes]) -> list[str]:
    """What a good place still cannot prove."""
    place = open_place(where)
    manifest = Manifest(place, keys=keys)
    manifest.refresh()
    adopted = sum(
        entry.adopted
        for key, part in manifest.expected.parts.items()
        for _, entry in expected.good(part, key, place.same_size)
    )
    if not adopted:
        return []
    return [f"{adopted} files were there before the manifest began: changes of them before that are not proven"]


def _against_heads(manifest: Manifest, heads: Sequence[tuple[int, str]]) -> Iterator[str]:
    for number, digest in heads:
        found = manifest.hash_of(number)
        if number > manifest.count:
            yield f"a checkpoint covers {number} lines of the manifest, it has {manifest.count}: it was cut off"
        elif found is None:
            yield f"line {number} of the manifest, which a checkpoint covers, is in a file that is not there any more"
        elif found != digest:
            yield f"line {number} of the manifest is not the one that a checkpoint covers: it was rewritten"


def _parts(manifest: Manifest) -> Iterator[str]:
    """Whether the newest part of the manifest goes on where the one before it ended."""
    names, begins = manifest.journal.before(), manifest.journal.begins
    if names is not None:
        before = manifest.hash_of(begins - 1)
        if before is not None and before != manifest.begins_after:
            yield f"{names[1]} does not go on where {names[0]} ended: the manifest was edited or begun anew"


def _contents(place: Place, entry: Entry) -> Iterator[str]:
    if entry.missing:
        yield f"{entry.name}: {entry.missing} rows are lost: the file was damaged, and the topic had them no more"
    try:
        path = place.path(entry)
        footer = claims.read_footer(path)
        table = pq.ParquetFile(path, page_checksum_verification=True).read()
    except (pa.ArrowInvalid, OSError, WorldError) as error:
        yield f"{entry.name}: damaged ({type(error).__name__}); run 'maskgate lineage repair --from-topic'"
        return
    if str(footer.name) != entry.name:
        yield f"{entry.name}: its footer says {footer.name}"
    if (footer.end, footer.rows) != (entry.end, entry.rows):
        yield f"{entry.name}: its footer says {footer.rows} rows to {footer.end}, its line {entry.rows} to {entry.end}"
    if not all(f.name in SCHEMA.names and _alike(f.type, SCHEMA.field(f.name).type) for f in table.schema):
        yield f"{entry.name}: its columns are not those of lineage"
    offsets = table["kafka_offset"].to_pylist() if "kafka_offset" in table.column_names else []
    if len(offsets) != footer.rows:
        yield f"{entry.name}: {len(offsets)} rows, its footer says {footer.rows}"
    rising = all(a < b for a, b in itertools.pairwise(offsets))
    if not rising or (offsets and (offsets[0] < footer.start or offsets[-1] > footer.end)):
        yield f"{entry.name}: offsets out of order or outside {footer.start}…{footer.end}"
    if not isinstance(place, LocalPlace):
        return
    shown = claims.shown_at(place.folder, footer)
    if not (shown.exists() and shown.samefile(path)):
        yield f"{entry.name}: not linked as {shown.parent.name}/; run with --repair"


def _alike(one: pa.DataType, other: pa.DataType) -> bool:
    """Whether two types are the same but for the names that Parquet gives to members of lists."""
    return one.id == other.id and bool(pa.types.is_nested(one) or one.equals(other))
