"""Drift: a stream that changes at a known record is told there, and held or quarantined there by a signed profile."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fakes.lineage_rows import ENGINES
from fakes.small_engine import SmallEngine
from maskgate.base.config import Pipeline, Settings
from maskgate.base.drift_settings import Drift as DriftSettings
from maskgate.base.errors import ConfigurationError
from maskgate.base.records import Held, Masked, Quarantined, Record
from maskgate.cli import cli
from maskgate.crypto import signing
from maskgate.crypto.keyring import Keyring
from maskgate.lineage.event import Route, from_outcomes
from maskgate.lineage.wire.codec import decode, encode
from maskgate.masking.drift import DriftGate
from maskgate.masking.masker import Masker
from maskgate.policy import compile_source, drift_profile
from maskgate.policy.drift_profile import MAX_PATHS, TopicProfile
from maskgate.policy.source import parse
from maskgate.watch import drift, feed
from maskgate.watch.app import Watch
from maskgate.watch.drift import Drift
from maskgate.watch.notices import Notice
from maskgate.worker import context

ADMIN = signing.from_seed(b"admin".ljust(32, b"."))
KEYS = {ADMIN.key_id: ADMIN.public}
RING = Keyring.fresh()
OPEN = "rules: [{id: notes, path: /note, action: keep}]"
EXPORTS = "exports: {destinations: {default: {}}}\n"


def masker(policy: str = "", gate: DriftGate | None = None) -> Masker:
    return Masker(compile_source(parse(policy.encode(), "policy.yaml")), RING, SmallEngine(), gate)


def rows(values: Iterable[dict[str, Any]], policy: str = "", start: int = 0) -> Iterator[bytes]:
    """Rows of lineage as a worker writes them, ten records a batch."""
    records = [Record("orders", 0, n, json.dumps(v).encode()) for n, v in enumerate(values, start)]
    one, route = masker(policy), Route("orders.masked", 0)
    for at in range(0, len(records), 10):
        batch = records[at : at + 10]
        done = [(r, outcome, route) for r, outcome in zip(batch, one.batch(batch), strict=True)]
        yield from map(encode, from_outcomes(done, ENGINES))


def feed_all(learner: Drift, encoded: Iterable[bytes]) -> list[Notice]:
    return [notice for row in encoded for notice in learner.add(decode(row))]


def steady(count: int) -> list[dict[str, Any]]:
    return [{"id": n, "mail": f"u{n}@example.org", "note": "all well"} for n in range(count)]


@pytest.mark.parametrize(
    ("change", "policy", "words", "level"),
    [
        (
            {"extra": {"mail": "a@b.org"}},
            "",
            ("new path", "EMAIL_ADDRESS at /extra/mail", "masked by replace"),
            "action",
        ),
        ({"mail": "4111111111111111"}, "", ("new kind", "CREDIT_CARD at /mail", "masked by replace"), "action"),
        ({"note": "ask a@b.org"}, OPEN, ("new path", "EMAIL_ADDRESS at /note", "no rule masks it"), "alarm"),
    ],
)
def test_a_change_at_a_known_record_is_told_once(
    change: dict[str, Any], policy: str, words: tuple[str, ...], level: str, tmp_path: Path
) -> None:
    """The notice names place and kind and the first such record; nothing is told before, and nothing again."""
    learner = Drift(tmp_path, learn_records=300)
    assert feed_all(learner, rows(steady(400), policy)) == []
    changed = [value | change for value in steady(50)]
    told = feed_all(learner, rows(changed, policy, start=400))
    assert len(told) == 1
    assert all(word in told[0].text for word in (*words, "first at 0/400"))
    assert (told[0].level, told[0].kind) == (level, "drift")
    assert feed_all(learner, rows(changed, policy, start=450)) == []


def test_one_odd_record_is_no_alarm(tmp_path: Path) -> None:
    """A false finding in prose comes once; a field that changed comes again."""
    learner = Drift(tmp_path, learn_records=100)
    feed_all(learner, rows(steady(200)))
    assert feed_all(learner, rows([{"note": "4111111111111111"}] * 2, start=200)) == []
    assert len(feed_all(learner, rows([{"note": "4111111111111111"}], start=202))) == 1


def test_a_kind_that_becomes_frequent_is_told_once(tmp_path: Path) -> None:
    """From one in fifty to one in two; the noise of chance is not told."""
    rng = random.Random(3)

    def stream(count: int, share: float) -> list[dict[str, Any]]:
        return [{"note": "to a@b.org" if rng.random() < share else "well"} for _ in range(count)]

    learner = Drift(tmp_path, learn_records=2_000)
    assert feed_all(learner, rows(stream(20_000, 0.02))) == []
    told = feed_all(learner, rows(stream(6_000, 0.5), start=20_000))
    assert [("more frequent" in n.text, "/note" in n.text) for n in told] == [(True, True)]


def test_ids_as_keys_fill_no_table(tmp_path: Path) -> None:
    """Maps from ids, numbers and names to objects: their members count as one path, and raise no alarm."""
    rng = random.Random(5)

    def key(n: int) -> str:
        word = "".join(rng.choices(string.ascii_letters, k=9))
        return rng.choice([word, str(n), f"{rng.getrandbits(128):032x}", f"u-{n}", f"{word}@example.org"])

    stream = [{"users": {key(n): {"mail": f"u{n}@example.org"}}, "mail": "a@b.org"} for n in range(4_000)]
    learner = Drift(tmp_path, learn_records=1_000)
    assert feed_all(learner, rows(stream)) == []
    learner.save(always=True)
    paths = drift.read(tmp_path)[0]["orders"].paths
    assert set(paths) <= {"/mail", "/users/*/mail", "/users/*"}
    assert drift.path_of(tmp_path).stat().st_size < 2_000


def test_the_table_is_bounded(tmp_path: Path) -> None:
    """Attackers' paths cannot fill the memory, and a full table tells of no new path."""
    profile = TopicProfile()
    for a in range(60):
        for b in range(60):
            profile.learn([(profile.fold(f"/{chr(97 + a % 26)}{a}x/{chr(97 + b % 26)}{b}y"), "PERSON")])
    assert len(profile.paths) == MAX_PATHS
    assert profile.is_full


def test_what_was_learned_survives_a_restart(tmp_path: Path) -> None:
    """Another life of the lineage topic starts anew."""
    learner = Drift(tmp_path, "one", learn_records=100)
    feed_all(learner, rows(steady(200)))
    learner.save(always=True)
    changed = [{"extra": "a@b.org"}] * 5
    assert len(feed_all(Drift(tmp_path, "one", learn_records=100), rows(changed))) == 1
    assert feed_all(Drift(tmp_path, "two", learn_records=100), rows(changed)) == []


def test_the_watch_gives_the_notice(tmp_path: Path) -> None:
    """Once, also where its records come twice after a restart."""
    settings = Settings(pipeline=Pipeline(state_dir=tmp_path), drift=DriftSettings(learn_records=50))
    encoded = [*rows(steady(100)), *rows([{"extra": "a@b.org"}] * 10, start=100)]
    batch = [(0, n, row) for n, row in enumerate(encoded)]
    watch = Watch(settings, "tid")
    watch.lineage_batch(batch)
    assert [n["kind"] for n in feed.read(tmp_path)] == ["drift"]
    watch.lineage_batch(batch)
    Watch(settings, "tid").lineage_batch(batch)
    assert len(feed.read(tmp_path)) == 1


def learned(tmp_path: Path, policy: str = "") -> bytes:
    learner = Drift(tmp_path, learn_records=100)
    feed_all(learner, rows(steady(200), policy))
    learner.save(always=True)
    return drift_profile.seal(drift.read(tmp_path)[0], [ADMIN], number=7)


def gate(raw: bytes, what: str) -> DriftGate:
    return DriftGate(drift_profile.read(raw, KEYS), {"orders": what}, "default", 100)


@pytest.mark.parametrize("what", ["hold", "quarantine", "notify"])
@pytest.mark.parametrize("policy", ["", OPEN])
def test_the_worker_stops_what_drifts_from_the_first_record_on(what: str, policy: str, tmp_path: Path) -> None:
    """And nothing else: records as they were pass as before, byte for byte."""
    one = masker(EXPORTS + policy, gate(learned(tmp_path, policy), what))
    values = steady(40)
    for n, value in enumerate(values):
        if n >= 25:
            value["note"] = "write to a@b.org"
    records = [Record("orders", 0, n, json.dumps(v).encode()) for n, v in enumerate(values)]
    outcomes, plain = one.batch(records), masker(EXPORTS + policy).batch(records)
    assert outcomes[:25] == plain[:25]
    if what == "notify":
        assert outcomes == plain
        return
    for before, after in zip(plain[25:], outcomes[25:], strict=True):
        assert isinstance(before, Masked)
        if what == "quarantine":
            assert after == Quarantined("drift", "EMAIL_ADDRESS at /note")
        else:
            assert isinstance(after, Held)
            assert (after.value, after.fields) == (before.value, before.fields)
            assert after.export["purpose"] == "drift: EMAIL_ADDRESS at /note"
            assert (after.export["destination"], after.export["rule"]) == ("default", "header")
    other = Record("elsewhere", 0, 0, records[30].value)
    assert isinstance(one.batch([other])[0], Masked)


def test_a_policy_without_the_destination_lets_nothing_pass(tmp_path: Path) -> None:
    """What should be held and cannot be is dead-lettered."""
    profile = drift_profile.read(learned(tmp_path), KEYS)
    one = masker("", DriftGate(profile, {"orders": "hold"}, "nowhere"))
    found = one.batch([Record("orders", 0, 0, b'{"note": "a@b.org"}')])[0]
    assert isinstance(found, Quarantined)
    assert found.code == "unknown_destination"


@pytest.mark.parametrize("harm", ["other key", "edited", "cut", "no file", "two wanted"])
def test_a_profile_that_nobody_signed_is_refused(harm: str, tmp_path: Path) -> None:
    """The worker does not start: with an edited profile anything could pass as known."""
    raw, keys, needed = learned(tmp_path), KEYS, 1
    match harm:
        case "other key":
            keys = dict.fromkeys(KEYS, ADMIN.public[::-1])
        case "edited":
            raw = raw.replace(b'"payload":"', b'"payload":"eyJh', 1)
        case "cut":
            raw = raw[:-40]
        case "no file":
            raw = b""
        case "two wanted":
            needed = 2
    with pytest.raises(ConfigurationError, match="maskgate drift sign"):
        drift_profile.read(raw, keys, needed)


def test_a_profile_that_knows_too_little_is_refused(tmp_path: Path) -> None:
    """Every record of a topic that was not learned would be held."""
    profile = drift_profile.read(learned(tmp_path), KEYS)
    with pytest.raises(ConfigurationError, match="200 records of 'orders', and 5000 are wanted"):
        DriftGate(profile, {"orders": "hold"}, "default", 5_000)
    with pytest.raises(ConfigurationError, match="0 records of 'bills'"):
        DriftGate(profile, {"bills": "quarantine"}, "default", 1)
    with pytest.raises(ValueError, match=r"needs drift\.profile"):
        DriftSettings(on_drift={"orders": "hold"})


def test_a_worker_takes_the_profile_from_its_file(tmp_path: Path) -> None:
    """Its number stands in the rows of lineage, as a version of what decided."""
    file = tmp_path / "drift.profile"
    file.write_bytes(learned(tmp_path))
    settings = DriftSettings(profile=file, on_drift={"orders": "hold"}, learn_records=100)
    found = context.drift_gate(settings, context.Admins(KEYS))
    assert found is not None
    assert found.number == 7
    with pytest.raises(ConfigurationError, match="No such file"):
        context.drift_gate(DriftSettings(profile=tmp_path / "gone"), context.Admins(KEYS))


def test_the_proposal_masks_the_field_and_says_what_changes(tmp_path: Path) -> None:
    """`drift show` has a policy that loads, and the difference on an event of our own; what `sign` writes reads."""
    (tmp_path / "policy.yaml").write_text("version: 1\nid: p\ndefault: replace\n" + OPEN + "\n")
    config = tmp_path / "maskgate.yaml"
    config.write_text(f"pipeline: {{state_dir: {tmp_path}}}\npolicy: {tmp_path / 'policy.yaml'}\n")
    learner = Drift(tmp_path, learn_records=100)
    feed_all(learner, rows(steady(200), OPEN))
    feed_all(learner, rows([{"note": "a@b.org"}] * 5, OPEN, start=200))
    learner.save(always=True)
    shown = CliRunner().invoke(cli, ["--config", str(config), "drift", "show"])
    assert shown.exit_code == 1, shown.output
    assert "orders 0/200: new path, EMAIL_ADDRESS at /note" in shown.output
    assert "STRONGER: /note EMAIL_ADDRESS" in shown.output
    assert 'path: "/note", entity: EMAIL_ADDRESS, action: redact' in shown.output
    assert "a@b.org" not in shown.output
    row = json.loads(CliRunner().invoke(cli, ["--config", str(config), "drift", "show", "--json"]).output)
    assert row["effects"][0]["verdict"] == "stronger"
    key = tmp_path / "admin.pem"
    signer = signing.create_key(key)
    out = tmp_path / "signed"
    args = ["--config", str(config), "drift", "sign", "--key", str(key), "-o", str(out)]
    assert CliRunner().invoke(cli, args).exit_code == 0
    assert drift_profile.read(out.read_bytes(), {signer.key_id: signer.public}).topics["orders"].records == 205
