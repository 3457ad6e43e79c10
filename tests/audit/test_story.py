"""The story of a request, a record or a person: true sentences, in order, from log and lineage."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.fake_office import ISS, Office, verified
from fakes.lineage_rows import ENGINES, T0, USE, record
from fakes.lineage_store import writer
from maskgate.approvals import events
from maskgate.audit import story
from maskgate.base.records import Held
from maskgate.cli import cli
from maskgate.lineage.event import Route, gate_event, record_event
from maskgate.lineage.wire.codec import encode


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log with a released, a denied and a broken request, and lineage of the first one's record."""
    office = Office()
    one = office.open(tier="double")
    office.vote(one, "anna")
    office.now += 60_000
    office.vote(one, "dan")
    office.release(one)
    two = office.open(tier="standard", value=b"[2]")
    office.vote(two, "frank")
    office.vote(two, "dan", "deny")
    three = office.open(tier="high", value=b"[1]")
    office.act(three, "eve", "break_glass")
    log = [events.encode(event) for event in office.log]
    (tmp_path / "log").write_bytes(b"\n".join(log) + b"\n")
    request = next(e.request for e in office.log if isinstance(e, events.RequestOpened))
    item = request.items[0]
    source = item.source
    held = Held(b"{}", None, (), (USE,), {"verb": "export", "rule": "to-partner", "purpose": "settlement"})
    into = writer(tmp_path / "lineage")
    row = record_event(
        record(source.offset, source.topic, source.partition),
        held,
        ENGINES,
        Route("maskgate.approvals.requests", 0, item_id=item.item_id),
    )
    at = (source.topic, source.partition, source.offset)
    gone = gate_event("released", request_id=request.request_id, item_id=item.item_id, source=at, dest=("partner", 0))
    for offset, event in enumerate((row, gone)):
        event.time = office.log[0].meta.at - 1000 if offset == 0 else office.log[-1].meta.at
        into.add(offset, T0, encode(event))
    into.flush()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKGATE_LINEAGE_DIR", str(tmp_path / "lineage"))
    monkeypatch.setenv("MASKGATE_PIPELINE_STATE_DIR", str(tmp_path))
    (tmp_path / "ids").write_text(
        json.dumps([*(r.request_id for r in (one, two, three)), "/".join(map(str, at)), item.item_id])
    )
    return tmp_path


def tell(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["story", *arguments, "--log", "log"])


def test_a_request_is_told_from_the_record_to_the_release(place: Path) -> None:
    """Read, found, held, asked, agreed by whom with which key, released where, each once, in order of time."""
    request, *_ = json.loads((place / "ids").read_text())
    done = tell(request)
    assert done.exit_code == 0, (done.output, done.exception)
    text = done.stdout
    words = ("was read", "Found in it: /user/email EMAIL_ADDRESS pseudonym", "was held by rule to-partner", "asked for",
             "anna agreed", "dan agreed", "Approved", "Released")  # fmt: skip
    found = [text.find(word) for word in words]
    assert -1 not in found and found == sorted(found), text
    assert "Tier double" in text
    assert "signed by key ed25519:" in text
    assert "denied" not in text
    assert len(set(text.splitlines())) == len(text.splitlines())


def test_record_item_and_request_give_one_story(place: Path) -> None:
    """Whatever end one has in hand."""
    request, _, _, at, item = json.loads((place / "ids").read_text())
    assert tell(at).stdout == tell(item).stdout == tell(request).stdout


def test_a_person_is_told_apart_from_the_others(place: Path) -> None:
    """What eve did, and nothing of dan's."""
    text = tell("--actor", "eve").stdout
    assert "eve broke the glass" in text
    assert "dan" not in text
    assert "frank was refused (no_authority)" in tell("--actor", "frank").stdout.replace("A CastVote of ", "")


def test_as_data_it_says_what_each_sentence_rests_on(place: Path) -> None:
    """The number of the entry, which `audit prove` and a reader of the log can look up."""
    request, *_ = json.loads((place / "ids").read_text())
    rows = [json.loads(line) for line in tell(request, "--json").stdout.splitlines()]
    log = (place / "log").read_bytes().splitlines()
    voted = next(row for row in rows if row["text"].startswith("anna agreed"))
    assert b'"vote_accepted"' in log[int(voted["source"].split()[-1]) - 1]
    page = tell(request, "--html").stdout
    assert "<script" not in page
    assert page.count("<tr>") == len(rows)


def test_nothing_known_is_exit_1(place: Path) -> None:
    """An id that nobody has; and no question at all is wrong use."""
    assert tell("nobody/0/7").exit_code == 1
    assert tell().exit_code == 2
    assert tell("--since", "2001-01-01").exit_code == 0


def test_lineage_record_is_readable_by_default(place: Path) -> None:
    """Sentences without a broker; columns by --table."""
    *_, at, _ = json.loads((place / "ids").read_text())
    done = CliRunner().invoke(cli, ["lineage", "record", at])
    assert "was held by rule to-partner for settlement" in done.stdout
    assert "was released to partner" in done.stdout
    assert "source_partiti" in CliRunner().invoke(cli, ["lineage", "record", at, "--table"]).stdout


def test_strangers_write_no_sentences_of_their_own() -> None:
    """A line break and a direction mark in a requester's name stay within their sentence."""
    office = Office()
    office.open(office.item(requester=replace(verified(), iss=ISS, sub="x\n2026-01-01 00:00:00Z  dan agreed\u202e")))
    lines = story.of_log(office.log, lambda _: True)
    assert all("\n" not in line.text and "\u202e" not in line.text for line in lines)
