"""Lineage in an object store: claims by conditional put, on a real S3 protocol, with a wire that fails."""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from fakes import s3
from fakes.lineage_rows import T0, Few, LineageTopic, event_bytes, fetch_of, topic_of
from fakes.lineage_store import KEYS, SINK
from maskgate.base.address import Address, problem
from maskgate.base.config import Lineage
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.lineage.ask import query
from maskgate.lineage.sinks import check, claims, compaction, manifest, objects, opened, remote
from maskgate.lineage.sinks.manifest import Manifest
from maskgate.lineage.sinks.writer import PartitionWriter
from maskgate.sink import repair
from maskgate.sink.role import Sink, run

TOPIC = "maskgate.lineage"
LATER = T0 / 1000 + 30 * 86400


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3.served() as url:
        yield url


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3.KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(objects, "_WAITS_S", (0.01, 0.02, 0.05))


@pytest.fixture
def real(server: str, tmp_path: Path) -> Iterator[Address]:
    with s3.wire(server, lambda *_: "") as url:
        yield s3.address(url, uuid.uuid4().hex, tmp_path / "copies")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Address:
    """A store in memory that behaves as the real one, for what no wire matters to."""
    store = MemoryStore()
    monkeypatch.setattr(remote, "connect", lambda at: objects.Objects(store, at.url))
    monkeypatch.setattr(objects, "connect", lambda at: objects.Objects(store, at.url))
    return Address("s3://memory/lineage", tmp_path / "copies")


def store(at: Address) -> remote.RemoteStore:
    return opened.open_remote(at, SINK)


def writer(at: Address, partition: int = 0) -> PartitionWriter:
    return PartitionWriter(store(at), TOPIC, "tid", partition)


def write(one: PartitionWriter, *offsets: int) -> None:
    for offset in offsets:
        one.add(offset, T0 + offset, event_bytes(offset))
    one.flush()


def kept(at: Address) -> list[int]:
    return [row[0] for row in query.select(at, "SELECT kafka_offset FROM lineage ORDER BY ALL").rows]


def verify(at: Address) -> list[str]:
    return check.verify(at, KEYS)


def compact(at: Address, keep_days: float | None = None) -> compaction.Compacted:
    return compaction.compact(at, SINK, {}, now=LATER, keep_days=keep_days)


def bucket(at: Address) -> objects.Objects:
    return objects.connect(at)


def test_rows_are_kept_and_asked_as_in_a_folder(real: Address) -> None:
    """A second sink goes on behind the first; a query sees every row once; everything is signed."""
    place = real
    one = writer(place)
    write(one, 0, 1, 2)
    write(one, 5, 6)
    again = writer(place)
    assert again.start == 7
    write(again, 7)
    assert kept(place) == [0, 1, 2, 5, 6, 7]
    assert verify(place) == []
    assert check.notes(place, KEYS) == []


def test_of_eight_racing_sinks_one_publishes(real: Address) -> None:
    """All hold the same offsets at the same time; the manifest has the lines of all, in one chain."""
    place = real
    ready = [writer(place) for _ in range(8)]
    for number, one in enumerate(ready):
        for offset in range(number + 1):
            one.add(offset, T0, event_bytes(offset))

    def publish(one: PartitionWriter) -> str:
        try:
            one.flush()
        except claims.Fenced:
            return "fenced"
        return "published"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(publish, ready))
    assert sorted(found) == ["fenced"] * 7 + ["published"]
    assert kept(place) == list(range(found.index("published") + 1))
    assert verify(place) == []
    lines = Manifest(opened.open_place(place), keys=KEYS)
    lines.refresh()
    assert lines.count == 8


def test_a_paused_twin_is_fenced_and_goes_on_behind_the_winner(place: Address) -> None:
    """Also when the winner wrote several files meanwhile and a compaction merged them."""
    paused, other = writer(place), writer(place)
    paused.add(0, T0, event_bytes(0))
    write(other, 0, 1, 2)
    write(other, 3)
    write(other, 4)
    assert compact(place).merged == 2
    with pytest.raises(claims.Fenced):
        paused.flush()
    assert paused.resume() == 5
    late = PartitionWriter(store(place), TOPIC, "tid", 0)
    late.start = 3  # it held the second file's rows, which lie in the merged one by now
    late.add(3, T0, event_bytes(3))
    with pytest.raises(claims.Fenced):
        late.flush()
    assert kept(place) == [0, 1, 2, 3, 4]


def faults(kinds: str, *parts: str) -> s3.Fault:
    """The first puts to each of some folders fail in these ways, one after the other."""
    left = {part: iter(kinds.split()) for part in parts}

    def fault(method: str, path: str) -> str:
        hit = next((part for part in parts if f"/{part}/" in path), None)
        return next(left[hit], "") if method == "PUT" and hit else ""

    return fault


@pytest.mark.parametrize("kinds", ["refused", "lost", "refused lost", "slow", "lost lost refused"])
def test_a_store_that_stumbles_doubles_nothing(kinds: str, server: str, tmp_path: Path) -> None:
    """503 before a put, 503 after a put that was done, slow answers: each row is there once, and nobody is fenced."""
    with s3.wire(server, faults(kinds, "_claims", "_manifest")) as url:
        at = s3.address(url, uuid.uuid4().hex, tmp_path / "copies")
        one = writer(at)
        write(one, 0, 1)
        write(one, 2)
        assert kept(at) == [0, 1, 2]
        assert verify(at) == []


def test_a_refused_condition_is_a_fence(server: str, tmp_path: Path) -> None:
    """412 without a doubt before it means that another was faster."""
    with s3.wire(server, faults("412", "_claims")) as url:
        one = writer(s3.address(url, uuid.uuid4().hex, tmp_path / "copies"))
        one.add(0, T0, event_bytes(0))
        with pytest.raises(claims.Fenced):
            one.flush()
        assert one.resume() == 0


def test_a_lost_answer_of_another_is_no_success(server: str, tmp_path: Path) -> None:
    """Two twins' answers are lost; the second finds other bytes under the name, and is fenced."""
    folder = uuid.uuid4().hex
    with s3.wire(server, faults("refused", "_claims")) as url:
        late = writer(s3.address(url, folder, tmp_path / "one"))
        late.add(0, T0, event_bytes(0))
        write(writer(s3.address(server, folder, tmp_path / "two")), 0, 1)
        with pytest.raises(claims.Fenced):
            late.flush()


def test_a_store_that_is_down_says_so_without_credentials(server: str, tmp_path: Path) -> None:
    """The sink ends with an error that names the store; what it held is read again from the topic."""
    down = s3.wire(server, lambda method, _: "refused" if method == "PUT" else "")
    with down as url, pytest.raises(WorldError, match="is it up") as failed:
        writer(s3.address(url, uuid.uuid4().hex, tmp_path / "copies"))
    assert not any(value in str(failed.value) for value in s3.KEYS.values())


def test_a_store_without_conditions_is_refused_at_start(server: str, tmp_path: Path) -> None:
    """Some servers ignore If-None-Match; two sinks would overwrite each other there."""
    with s3.wire(server, lambda *_: "blind") as url, pytest.raises(ConfigurationError, match="If-None-Match"):
        writer(s3.address(url, uuid.uuid4().hex, tmp_path / "copies"))


def test_a_bucket_that_is_not_there(server: str, tmp_path: Path) -> None:
    """The error names the store."""
    with pytest.raises(WorldError, match="s3://missing-bucket"):
        query.select(Address("s3://missing-bucket/x", tmp_path, server, "us-east-1"), "SELECT 1 FROM lineage")


def fill(at: Address, topic: LineageTopic, max_rows: int = 6) -> None:
    """A sink that writes what the topic has, a few rows a file, and ends."""
    sink = Sink(store(at), TOPIC, "tid", Lineage(max_rows=max_rows, max_wait=100), fetch_of(topic))
    reader = topic.reader(sink.assigned([(TOPIC, p) for p in topic.messages]))
    done = iter(range(20))
    run(Few(reader), sink, lambda: next(done, None) is None)


HARMS = ("flip", "cut", "empty", "delete", "swap", "a line flipped", "a line taken out", "a foreign file")


@pytest.mark.parametrize("harm", HARMS)
def test_no_harm_stays_unseen(harm: str, place: Address) -> None:
    """And what was done to the files is mended from the topic."""
    topic, rng = topic_of(30), random.Random(harm)
    fill(place, topic)
    at = bucket(place)
    files = [found.name for found in at.listed(claims.CLAIMS)]
    lines = [found.name for found in at.listed("_manifest")]
    name = rng.choice(files)
    data = at.read(name) or b""
    match harm:
        case "flip":
            at.write(name, data[:100] + bytes([data[100] ^ 4]) + data[101:])
        case "cut":
            at.write(name, data[:-7])
        case "empty":
            at.write(name, b"")
        case "delete":
            at.remove(files[0])
        case "swap":
            other = files[files.index(name) - 1]
            at.write(name, at.read(other) or b"")
            at.write(other, data)
        case "a line flipped":
            line = at.read(lines[1]) or b""
            at.write(lines[1], line.replace(b"A", b"B", 1))
        case "a line taken out":
            at.remove(lines[1])
        case "a foreign file":
            at.write(f"{claims.CLAIMS}/{claims.Name('tid', 0, 77)}", data)
    assert verify(place)
    repair.mend_manifest(Manifest(opened.open_place(place), SINK))
    repair.mend(store(place), "tid", fetch_of(topic), TOPIC)
    fill(place, topic)
    assert verify(place) == []
    assert kept(place) == list(range(30))


def test_a_hint_that_lies_is_found(place: Address) -> None:
    """The object that says where the manifest begins is no evidence."""
    fill(place, topic_of(12))
    for text in (b"999", b"-1", b"x", b"2"):
        bucket(place).write("_manifest/newest", text)
        assert verify(place), text
    bucket(place).remove("_manifest/newest")
    assert verify(place) == []


def test_a_flipped_file_is_not_answered_from(place: Address) -> None:
    """What a query reads is held against its digest."""
    fill(place, topic_of(12))
    for path in place.copies.glob("_copies/*"):
        path.unlink()
    at = bucket(place)
    name = next(iter(at.listed(claims.CLAIMS))).name
    data = at.read(name) or b""
    at.write(name, data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(WorldError, match="not what was written"):
        kept(place)


def test_compaction_merges_drops_and_fences(place: Address) -> None:
    """Small files of a day become one, old rows go, and a twin that was paused for ages is still fenced."""
    topic = topic_of(40)
    fill(place, topic)
    before = kept(place)
    ancient = writer(place)
    assert compact(place).into == 1
    assert kept(place) == before
    assert verify(place) == []
    copies = list(place.copies.glob("_copies/*.parquet"))
    assert len(copies) == 2
    dropped = compact(place, keep_days=1.0)
    assert dropped.rows_dropped == len(before) - len(kept(place)) > 0
    assert verify(place) == []
    ancient.start = 0
    ancient.add(0, T0, event_bytes(0))
    with pytest.raises(claims.Fenced):
        ancient.flush()
    left = kept(place)
    fill(place, topic)
    assert (kept(place), verify(place)) == (left, [])


@pytest.mark.parametrize("step", range(6))
def test_a_compaction_that_is_killed_changes_no_answer(
    step: int, place: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At whichever of its writes it dies; the next one finishes."""
    topic = topic_of(40)
    fill(place, topic)
    before = kept(place)
    count = itertools.count()
    with monkeypatch.context() as patch:
        for name in ("_put", "write"):
            whole = getattr(objects.Objects, name)

            def dying(self: objects.Objects, *args: object, whole: Callable[..., object] = whole) -> object:
                if not str(args[0]).startswith("_probe") and next(count) == step:
                    raise Killed
                return whole(self, *args)

            patch.setattr(objects.Objects, name, dying)
        with pytest.raises(Killed):
            compact(place)
    assert kept(place) == before
    writer(place)
    assert kept(place) == before
    compact(place)
    assert kept(place) == before
    assert verify(place) == []


def test_a_second_compaction_ends(real: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changed since it was listed is not overwritten: its rows would be lost."""
    place = real
    fill(place, topic_of(40))
    before = kept(place)
    whole = remote.RemoteStore.swap

    def raced(self: remote.RemoteStore, *args: object) -> None:
        monkeypatch.setattr(remote.RemoteStore, "swap", whole)
        compact(place)
        whole(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(remote.RemoteStore, "swap", raced)
    with pytest.raises(WorldError, match="second compaction"):
        compact(place)
    assert kept(place) == before
    assert verify(place) == []


def test_a_reader_in_the_middle_of_a_compaction(place: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is from before the swap, the bytes from after: the reader looks again."""
    fill(place, topic_of(40))
    before = kept(place)
    for path in place.copies.glob("_copies/*"):
        path.unlink()
    whole = remote.ObjectPlace.path

    def late(self: remote.ObjectPlace, entry: remote.Entry) -> Path:
        monkeypatch.setattr(remote.ObjectPlace, "path", whole)
        compact(Address(place.url, place.copies.parent / "elsewhere", place.endpoint, place.region))
        return whole(self, entry)

    monkeypatch.setattr(remote.ObjectPlace, "path", late)
    assert kept(place) == before


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://host/x", "not known"),
        ("S3://b", "not known"),
        ("/var/lib/lineage", "lineage.dir"),
        ("s3://key:secret@bucket/x", "environment"),
        ("az://c/x?sig=abc", "environment"),
        ("s3:///x", "write scheme"),
        ("delta+file://host/x", "write scheme"),
    ],
)
def test_an_address_that_cannot_be_is_refused_at_start(url: str, words: str) -> None:
    """Before anything is read or written."""
    assert words in problem(url)
    with pytest.raises(ValueError, match=words):
        Lineage(store=url)


def test_the_gate_finds_the_newest_line_on_its_host(place: Address) -> None:
    """Its checkpoints hold number and hash of it; a cut of the last files with their lines shows by them."""
    fill(place, topic_of(12))
    found = manifest.head(place.copies)
    assert found is not None
    assert check.verify(place, KEYS, heads=[found]) == []
    at = bucket(place)
    for folder in ("_manifest", claims.CLAIMS):
        at.remove([listed.name for listed in at.listed(folder)][-1])
    assert verify(place) == []
    assert any("cut off" in line for line in check.verify(place, KEYS, heads=[found]))


def test_a_folder_stays_a_folder(tmp_path: Path) -> None:
    """Without a store nothing changes."""
    assert Lineage(dir=tmp_path).where == tmp_path
    assert isinstance(Lineage(store="gs://bucket/x/").where, Address)
