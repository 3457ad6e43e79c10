"""The last good policy survives a restart, and counts only where nothing newer was published."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, PolicyError
from maskgate.cli import cli
from maskgate.crypto.kept import Kept
from maskgate.crypto.keyring import Keyring
from maskgate.doctor import Scope
from maskgate.doctor.local import policy as doctor_policy
from maskgate.kafka.policy_feed import Follower
from maskgate.people import kept as people_kept
from maskgate.policy import PolicyHolder, kept, load_policy
from maskgate.policy.check import lint
from maskgate.policy.published import Published
from maskgate.policy.source import PROFILES

GOOD = "id: good\nextends: [gdpr]\ndetection:\n  deny: [{id: words, entity: SECRET, file: words.txt}]\n"
BROKEN = "id: [broken\n"
NEWER = b"id: newer\n"


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    """A keyring in the state folder."""
    return Keyring.create(tmp_path / "state")


@pytest.fixture
def store(tmp_path: Path, ring: Keyring) -> Kept:
    """Where the policy is kept."""
    return Kept.of(tmp_path / "state", "mask-policy", ring)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A good policy with a list of its own."""
    (tmp_path / "words.txt").write_text("swordfish\n")
    path = tmp_path / "policy.yaml"
    path.write_text(GOOD)
    return path


class Topic:
    """A policy topic with what was published on it."""

    def __init__(self, *texts: bytes) -> None:
        self.texts = list(texts)

    def latest(self) -> Published | None:
        return Published("published", self.texts.pop(0), 1, ("key",)) if self.texts else None


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_comes_back_as_it_was(profile: str) -> None:
    """What is kept compiles to the same rules, levels and digest, without a file."""
    before = load_policy(profile)
    after = kept.load(kept.dump(before))
    assert after is not None
    assert (after.ref, after.levels, after.approvals) == (before.ref, before.levels, before.approvals)
    assert [flat.rule for flat in after.rules] == [flat.rule for flat in before.rules]
    assert after.engine_config() == before.engine_config()


def test_a_broken_file_at_the_start_leaves_the_last_good_one(file: Path, store: Kept) -> None:
    """A restart on a broken file goes on with the policy that was good, its lists among it, and says why."""
    before = PolicyHolder(file, store)
    assert before.fallback == ""
    file.write_text(BROKEN)
    (file.parent / "words.txt").unlink()
    after = PolicyHolder(file, store)
    assert after.current.ref == before.current.ref
    assert after.current.engine_config() == before.current.engine_config()
    assert "policy.yaml" in after.fallback
    file.write_bytes(NEWER)
    change = after.poll()
    assert change is not None
    assert change.accepted
    assert after.fallback == ""
    assert PolicyHolder(file, store).current.ref.id == "newer"


def test_without_a_kept_one_a_broken_file_is_an_error(file: Path, store: Kept) -> None:
    """Nothing was ever good here: the role does not start."""
    file.write_text(BROKEN)
    with pytest.raises(PolicyError):
        PolicyHolder(file, store)


def test_starts_that_end_before_the_topic_is_read_forget_no_published_policy(file: Path, store: Kept) -> None:
    """However often: a start takes the file until the topic says otherwise, and keeps what was published."""
    PolicyHolder(file, store).offer(NEWER, "published")
    for _ in range(3):
        started = PolicyHolder(file, store)
        assert (started.current.ref.id, started.published_before) == ("good", NEWER)
    started.offer(b"id: newest\n", "published")
    assert PolicyHolder(file, store).published_before == b"id: newest\n"


def test_what_is_kept_is_for_its_owner(file: Path, store: Kept) -> None:
    """0600 in 0700."""
    PolicyHolder(file, store)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("change", ["body", "mac", "at", "name", "keyring", "cut"])
def test_a_file_that_this_host_did_not_write_counts_as_none(
    file: Path, store: Kept, ring: Keyring, tmp_path: Path, change: str
) -> None:
    """Changed by one byte, sealed elsewhere, or another role's: none of them is used."""
    PolicyHolder(file, store)
    tree = json.loads(store.path.read_text())
    other = store
    if change == "body":
        tree["body"] = tree["body"][:-8] + "AAAA" + tree["body"][-4:]
    elif change == "mac":
        tree["mac"] = "0" * 64
    elif change == "at":
        tree["at"] += 1
    elif change == "name":
        other = Kept.of(tmp_path / "state", "gate-policy", ring)
    elif change == "keyring":
        other = Kept.of(tmp_path / "state", "mask-policy", Keyring.fresh())
    text = json.dumps(tree)
    other.path.write_text(text[:-20] if change == "cut" else text)
    other.path.chmod(0o600)
    assert other.load() is None
    file.write_text(BROKEN)
    with pytest.raises(PolicyError):
        PolicyHolder(file, other)


def test_it_survives_a_rotation_of_the_keys(file: Path, store: Kept, ring: Keyring, tmp_path: Path) -> None:
    """A key that was replaced still opens what it sealed."""
    PolicyHolder(file, store)
    ring.rotate("item")
    assert Kept.of(tmp_path / "state", "mask-policy", ring).load() is not None


def test_a_disk_without_room_does_not_end_the_role(
    file: Path, store: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The policy is in force even where it cannot be kept; a line says so."""

    def full(body: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "save", full)
    assert PolicyHolder(file, store).current.ref.id == "good"
    assert "not_kept" in capsys.readouterr().err


# ── where policies are published ──
def test_a_kept_policy_that_is_the_last_published_one_is_trusted(file: Path, store: Kept) -> None:
    """File broken, and the log's last policy is the kept one: no doubt."""
    holder = PolicyHolder(file, store)
    holder.offer(NEWER, "published")
    file.write_text(BROKEN)
    again = PolicyHolder(file, store)
    follower = Follower(again, Topic(NEWER))  # type: ignore[arg-type]
    follower.poll()
    assert (again.current.ref.id, follower.doubt, again.fallback) == ("newer", "", "")


@pytest.mark.parametrize("broken_file", [True, False])
def test_an_older_one_than_was_published_is_doubted(file: Path, store: Kept, broken_file: bool) -> None:
    """Neither a kept policy nor a file rolls back what was published and cannot be used here."""
    PolicyHolder(file, store)
    if broken_file:
        file.write_text(BROKEN)
    holder = PolicyHolder(file, store)
    topic = Topic(BROKEN.encode())
    follower = Follower(holder, topic)  # type: ignore[arg-type]
    follower.poll()
    assert follower.doubt
    topic.texts.append(NEWER)
    follower.poll()
    assert (follower.doubt, holder.current.ref.id) == ("", "newer")


def test_a_process_that_cannot_use_what_it_took_doubts(file: Path, store: Kept) -> None:
    """A published policy that wants a model that is not here leaves a process that starts in doubt."""
    holder = PolicyHolder(file, store)
    follower = Follower(holder, Topic(NEWER))  # type: ignore[arg-type]
    follower.poll()
    follower.refuse()
    assert follower.doubt


def test_a_kept_policy_is_doubted_where_the_topic_cannot_be_read(file: Path, store: Kept) -> None:
    """What cannot be compared is not trusted; a good file needs no comparison with what was kept."""
    assert Follower(PolicyHolder(file, store), None, blind=True).doubt == ""
    file.write_text(BROKEN)
    assert Follower(PolicyHolder(file, store), None, blind=True).doubt
    assert Follower(PolicyHolder(file, store), None).doubt == ""


# ── people ──
def test_broken_people_leave_the_last_good_ones(tmp_path: Path, ring: Keyring) -> None:
    """The same for the people file."""
    store = Kept.of(tmp_path / "state", "gate-people", ring)
    path = tmp_path / "people.yaml"
    path.write_text("version: 1\npersons: []\n")
    document, refused = people_kept.load(path, store)
    assert refused == ""
    path.write_text("persons: [broken\n")
    again, refused = people_kept.load(path, store)
    assert again == document
    assert "people.yaml" in refused
    store.path.unlink()
    with pytest.raises(ConfigurationError):
        people_kept.load(path, store)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Files that the log called ignored."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    return [line["file"] for line in lines if line["event"] == "policy_file_ignored"]


def test_edits_of_the_file_are_said_to_be_ignored(
    file: Path, store: Kept, ring: Keyring, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once for the file that differs at the start, once for each edit after; the log, the doctor and `policy check`."""
    holder = PolicyHolder(file, store)
    follower = Follower(holder, Topic(NEWER), "mask")  # type: ignore[arg-type]
    assert kept.published(store.path.parents[1], ring) is None
    assert lint(load_policy(file), ring) == []
    follower.poll()
    assert said(capsys) == [str(file)]
    assert follower.poll() is None and said(capsys) == []
    for text in (GOOD + "# a remark\n", BROKEN):
        file.write_text(text)
        assert follower.poll() is None and said(capsys) == [str(file)]
        assert follower.poll() is None and said(capsys) == []
    assert holder.current.ref.id == "newer"
    file.write_text(GOOD)
    found = kept.published(store.path.parents[1], ring)
    assert found is not None and found.ref == holder.current.ref
    assert [w.code for w in lint(load_policy(file), ring, found)] == ["not-in-force"]
    assert lint(found, ring, found) == []
    (file.parent / "maskgate.yaml").write_text(f"policy: {file}\npipeline: {{state_dir: {store.path.parents[1]}}}\n")
    command = ["--config", str(file.parent / "maskgate.yaml"), "policy", "check"]
    done = CliRunner().invoke(cli, command)
    assert "not-in-force" in done.output and "`maskgate policy publish`" in done.output, (done.output, done.exception)
    settings = Settings.model_validate({"policy": file, "pipeline": {"state_dir": store.path.parents[1]}})
    lines = [line for line in doctor_policy(Scope(settings, ("mask",))) if line.status == "warn"]
    assert [line.do for line in lines] == [f"put the file into force: `maskgate policy publish {file}`"]


def test_a_file_in_force_is_not_called_ignored(
    file: Path, store: Kept, ring: Keyring, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was published, or the file says the same as what was; after a return to files it counts again."""
    follower = Follower(PolicyHolder(file, store), None, "mask")
    file.write_bytes(NEWER)
    change = follower.poll()
    assert change is not None and change.accepted and said(capsys) == []
    follower = Follower(PolicyHolder(file, store), Topic(NEWER), "mask")  # type: ignore[arg-type]
    follower.poll()
    assert said(capsys) == []
    assert kept.published(store.path.parents[1], ring) is not None
    Follower(PolicyHolder(file, store), None, "mask").poll()
    assert kept.published(store.path.parents[1], ring) is None
