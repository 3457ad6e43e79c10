"""The manifest: whatever is done to a lineage folder shows, and what was damaged is written anew from the topic."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fakes.lineage_rows import T0, Few, LineageTopic, Message, event_bytes, fetch_of, topic_of
from fakes.lineage_store import KEYS, SINK, compact, store, verify, writer
from maskgate.audit import checkpoint
from maskgate.base.config import Lineage
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.crypto import signing
from maskgate.crypto.merkle import Frontier, leaf_hash
from maskgate.gate.audit import Checkpoints
from maskgate.lineage.ask import query
from maskgate.lineage.sinks import check, claims, expected, journal, manifest
from maskgate.lineage.sinks.place import LocalPlace
from maskgate.sink import repair
from maskgate.sink.role import Sink, run

TOPIC = "maskgate.lineage"
LATER = T0 / 1000 + 30 * 86400
GATE = signing.from_seed(b"gate".ljust(32, b"."))


def fill(folder: Path, topic: LineageTopic, max_rows: int = 6) -> Sink:
    """A sink that writes what the topic has, a few rows a file, and ends."""
    sink = Sink(store(folder), TOPIC, "tid", Lineage(max_rows=max_rows, max_wait=100), fetch_of(topic))
    reader = topic.reader(sink.assigned([(TOPIC, p) for p in topic.messages]))
    done = iter(range(100))
    run(Few(reader), sink, lambda: next(done, None) is None)
    return sink


def kept(folder: Path) -> list[tuple[int, int]]:
    found = query.select(folder, "SELECT kafka_partition, kafka_offset FROM lineage ORDER BY ALL").rows
    return [(p, o) for p, o in found]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with merged and single files, marks, and two files of manifest."""
    folder = tmp_path_factory.mktemp("lineage") / "good"
    topic = topic_of(60, 2)
    fill(folder, topic)
    compact(folder, now=LATER)
    for i in range(60, 80):
        topic.append(i % 2, event_bytes(i, partition=i % 2))
    fill(folder, topic)
    assert verify(folder) == []
    return folder


def flip(path: Path, rng: random.Random) -> None:
    raw = bytearray(path.read_bytes())
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    path.write_bytes(raw)


def cut(path: Path, rng: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: -rng.randint(1, path.stat().st_size)])


def empty(path: Path, _: random.Random) -> None:
    path.write_bytes(b"")


def delete(path: Path, _: random.Random) -> None:
    path.unlink()


def swap(path: Path, rng: random.Random) -> None:
    others = [p for p in path.parent.iterdir() if p.is_file() and p.suffix == path.suffix and p.stat().st_size]
    other = rng.choice([p for p in others if p.read_bytes() != path.read_bytes()] or [path])
    if other == path:
        cut(path, rng)
        return
    one, two = path.read_bytes(), other.read_bytes()
    path.write_bytes(two)
    other.write_bytes(one)


def lose_lines(path: Path, rng: random.Random) -> None:
    """Lines taken out of the manifest, whole."""
    if path.suffix != ".ndjson":
        delete(path, rng)
        return
    lines = path.read_bytes().splitlines(keepends=True)
    at = rng.randrange(len(lines))
    path.write_bytes(b"".join(lines[:at] + lines[at + rng.randint(1, len(lines)) :]))


HARMS: tuple[Callable[[Path, random.Random], None], ...] = (flip, flip, flip, cut, empty, delete, swap, lose_lines)


def test_no_harm_stays_unseen(good: Path, tmp_path: Path) -> None:
    """400 flips, cuts, deletions, swaps and lost lines, over Parquet files and manifest: each is found."""
    rng, unseen = random.Random(11), []
    targets = [good / claims.CLAIMS / str(name) for name, full in claims.names(good) if full]
    targets += [manifest.segments(good)[-1]] * 3
    for number in range(400):
        folder = tmp_path / str(number)
        shutil.copytree(good, folder, copy_function=_link_or_copy)
        path = folder / rng.choice(targets).relative_to(good)
        harm = rng.choice(HARMS)
        fresh = path.read_bytes()
        path.unlink()
        path.write_bytes(fresh)
        harm(path, rng)
        found = verify(folder)
        if not [line for line in found if "not linked" not in line]:
            unseen.append((number, harm.__name__, path.name))
        shutil.rmtree(folder)
    assert unseen == []


def _link_or_copy(source: str, target: str) -> str:
    """Links where nothing will be changed: a copy of a folder of links is no copy of it."""
    Path(target).hardlink_to(source) if ".ndjson" not in source else shutil.copy2(source, target)
    return target


def test_a_consistent_rewrite_shows(good: Path, tmp_path: Path) -> None:
    """A file with other rows, a good footer and good page checksums is not the one that was written."""
    folder = tmp_path / "f"
    shutil.copytree(good, folder)
    name = max(name for name, full in claims.names(folder) if full)
    path = folder / claims.CLAIMS / str(name)
    table = pq.read_table(path)
    at = table.schema.get_field_index("actor")
    pq.write_table(table.set_column(at, "actor", [["nobody"] * table.num_rows]), path, write_page_checksum=True)
    assert any("not the bytes" in line for line in verify(folder))


def test_a_manifest_signed_by_another_key_shows(tmp_path: Path) -> None:
    """Whoever writes files and manifest anew needs the sink's key; without any key nothing is called good."""
    topic = topic_of(10, 2)
    fill(tmp_path, topic)
    other = signing.generate()
    assert any("not one that a sink signed" in line for line in check.verify(tmp_path, {other.key_id: other.public}))
    assert any("nothing proves" in line for line in check.verify(tmp_path, {}))


def test_a_cut_end_shows_by_a_checkpoint(tmp_path: Path) -> None:
    """The newest file gone together with its line: only a checkpoint tells, and it does; so it does of a rewrite."""
    topic = topic_of(20, 2)
    fill(tmp_path / "f", topic)
    tree = Frontier()
    tree.append(leaf_hash(b"x"))
    kept_at = tmp_path / "checkpoints.ndjson"
    gate = Checkpoints(GATE, kept_at, tmp_path / "f")
    assert gate.outs(tree, 1)
    gate.keep()
    assert not gate.is_behind(tree)
    heads = checkpoint.lineage_heads([kept_at], {GATE.key_id: GATE.public})
    assert [number for number, _ in heads] == [manifest.head(tmp_path / "f")[0]]  # type: ignore[index]
    assert check.verify(tmp_path / "f", KEYS, heads=heads) == []

    segment = manifest.segments(tmp_path / "f")[-1]
    lines = segment.read_bytes().splitlines(keepends=True)
    last = json.loads(json.dumps(manifest.canonical.loads(signing.parse(lines[-1]).payload)))
    segment.write_bytes(b"".join(lines[:-1]))
    name = last["files"][0]["name"]
    for path in (tmp_path / "f").rglob(f"{name}*"):
        path.unlink()
    assert verify(tmp_path / "f") == []
    assert any("cut off" in line for line in check.verify(tmp_path / "f", KEYS, heads=heads))

    shutil.rmtree(tmp_path / "f")
    fill(tmp_path / "f", topic_of(30, 2), max_rows=3)
    assert any("rewritten" in line for line in check.verify(tmp_path / "f", KEYS, heads=heads))
    with pytest.raises(ConfigurationError, match="gate-key"):
        checkpoint.lineage_heads([kept_at], KEYS)

    later = heads[0][0]
    other = checkpoint.sign(tree, GATE, 5_000, (later, "00" * 32))
    kept_at.write_bytes(kept_at.read_bytes() + other + b"\n")
    with pytest.raises(ConfigurationError, match="--since 1970-01-01T00:00:05"):
        checkpoint.lineage_heads([kept_at], {GATE.key_id: GATE.public})
    assert checkpoint.lineage_heads([kept_at], {GATE.key_id: GATE.public}, 5_000) == [(later, "00" * 32)]


def test_a_manifest_that_became_shorter_is_another_folder(tmp_path: Path) -> None:
    """No two checkpoints need to name the same line for it."""
    kept_at = tmp_path / "checkpoints.ndjson"
    seen = [(1, 6), (2_000, 6), (5_000, 2), (9_000, 3)]
    signed = [checkpoint.sign(Frontier(), GATE, at, (lines, f"{lines:064d}")) for at, lines in seen]
    kept_at.write_bytes(b"".join(line + b"\n" for line in signed))
    with pytest.raises(ConfigurationError, match="--since 1970-01-01T00:00:05"):
        checkpoint.lineage_heads([kept_at], {GATE.key_id: GATE.public})
    heads = checkpoint.lineage_heads([kept_at], {GATE.key_id: GATE.public}, 5_000)
    assert [lines for lines, _ in heads] == [2, 3]


@pytest.mark.parametrize("which", ["first", "middle", "newest"])
@pytest.mark.parametrize("harm", [empty, delete, cut], ids=["0 bytes", "deleted", "cut"])
def test_a_sink_mends_what_it_meets(
    harm: Callable[[Path, random.Random], None], which: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It moves the damaged file away, says so, writes it anew from the topic, and goes on."""
    topic = topic_of(40, 2)
    fill(tmp_path, topic)
    before = kept(tmp_path)
    names = sorted(n for n, full in claims.names(tmp_path) if full and n.partition == 0)
    name = {"first": names[0], "middle": names[len(names) // 2], "newest": names[-1]}[which]
    harm(tmp_path / claims.CLAIMS / str(name), random.Random(1))
    if (which, harm) != ("newest", delete):  # which is how a sink leaves the folder that dies before the last link
        with pytest.raises(WorldError, match="would lack rows"):
            kept(tmp_path)
    assert any(str(name) in line for line in verify(tmp_path))
    fill(tmp_path, topic)
    assert kept(tmp_path) == before
    assert verify(tmp_path) == []
    assert "damaged" in str(capsys.readouterr())
    assert len(list(tmp_path.glob("_quarantine/*"))) == (harm is not delete)


def test_repair_finds_flips_and_writes_them_anew(tmp_path: Path) -> None:
    """Every byte is looked at; a flip in the middle of the folder is mended while the topic has the rows."""
    topic = topic_of(40, 2)
    fill(tmp_path, topic)
    before, place = kept(tmp_path), store(tmp_path)
    names = sorted(n for n, full in claims.names(tmp_path) if full)
    for name in (names[1], names[-2]):
        flip(tmp_path / claims.CLAIMS / str(name), random.Random(2))
    flip(manifest.segments(tmp_path)[-1], random.Random(7))
    repair.mend_manifest(manifest.Manifest(LocalPlace(tmp_path), SINK))
    place = store(tmp_path)

    def fetch(at: tuple[str, int], start: int, end: int) -> list[Message]:
        return [m for m in topic.messages[at[1]] if start <= m.offset() <= end]

    done = repair.mend(place, "tid", fetch)
    assert done.rows_lost == 0
    fill(tmp_path, topic)
    assert kept(tmp_path) == before
    assert verify(tmp_path) == []


def test_rows_that_the_topic_has_no_more_are_said_to_be_lost(tmp_path: Path) -> None:
    """Retention took them from the topic, damage from the folder: verification never calls that good."""
    topic = topic_of(40, 2)
    fill(tmp_path, topic)
    name = min(n for n, full in claims.names(tmp_path) if full and n.partition == 0)
    empty(tmp_path / claims.CLAIMS / str(name), random.Random(1))
    done = repair.mend(store(tmp_path), "tid", lambda *_: [])
    assert (done.quarantined, done.rebuilt) == (1, 1)
    assert done.rows_lost > 0
    assert any(f"{done.rows_lost} rows are lost" in line for line in verify(tmp_path))
    assert len(kept(tmp_path)) == 40 - done.rows_lost
    elsewhere = repair.mend(store(tmp_path), "another", lambda *_: [])
    assert elsewhere.left == []


def test_a_folder_from_before_the_manifest_is_adopted_once(tmp_path: Path) -> None:
    """Its files are taken as they are, and that is said; a file that comes later without a line is nobody's."""
    topic = topic_of(20, 2)
    fill(tmp_path, topic)
    shutil.rmtree(tmp_path / journal.FOLDER)
    assert any("not in the manifest" in line for line in verify(tmp_path))
    fill(tmp_path, topic)
    assert verify(tmp_path) == []
    assert "there before the manifest" in check.notes(tmp_path, KEYS)[0]
    one = writer(tmp_path)
    stranger = tmp_path / claims.CLAIMS / f"tid+0+{one.start:020d}"
    shutil.copy2(min((tmp_path / claims.CLAIMS).iterdir()), stranger)
    assert any("no sink wrote it" in line for line in verify(tmp_path))
    assert writer(tmp_path).start == one.start
    assert not stranger.exists()
    assert verify(tmp_path) == []


def test_a_compaction_refuses_to_bless_damage(tmp_path: Path) -> None:
    """Merging a flipped file would give it a new, good digest."""
    fill(tmp_path, topic_of(40, 2))
    name = min(n for n, full in claims.names(tmp_path) if full)
    flip(tmp_path / claims.CLAIMS / str(name), random.Random(3))
    with pytest.raises(WorldError, match="repair"):
        compact(tmp_path, now=LATER)


def test_a_torn_line_is_mended_by_the_next_sink(tmp_path: Path) -> None:
    """A sink that dies within a line leaves its beginning; nothing rests on it."""
    topic = topic_of(20, 2)
    fill(tmp_path, topic)
    with manifest.segments(tmp_path)[-1].open("ab") as file:
        file.write(b'{"payload":"torn')
    assert any("within a line" in line for line in verify(tmp_path))
    topic.append(0, event_bytes(99))
    fill(tmp_path, topic)
    assert verify(tmp_path) == []
    assert len(kept(tmp_path)) == 21


def test_a_file_shown_while_somebody_looks_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest is read before its last line is there, the folder after: a second look finds the line."""
    fill(tmp_path, topic_of(40, 2))
    segment = manifest.segments(tmp_path)[-1]
    data, whole = segment.read_bytes(), manifest.Manifest.refresh

    def early(self: manifest.Manifest) -> None:
        segment.write_bytes(data[: data[:-1].rfind(b"\n") + 1])
        whole(self)
        segment.write_bytes(data)
        monkeypatch.setattr(manifest.Manifest, "refresh", whole)

    monkeypatch.setattr(manifest.Manifest, "refresh", early)
    place = LocalPlace(tmp_path)
    once = manifest.Manifest(LocalPlace(tmp_path))
    once.refresh()
    assert list(expected.troubles(once.expected, place.names(), place.same_bytes))
    monkeypatch.setattr(manifest.Manifest, "refresh", early)
    query.complain(place)
    monkeypatch.setattr(manifest.Manifest, "refresh", early)
    assert verify(tmp_path) == []
