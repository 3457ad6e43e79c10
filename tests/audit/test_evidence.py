"""Evidence by framework: signed, self-contained, and every changed byte of it shows."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.fake_office import Office
from maskgate.approvals import events
from maskgate.audit import evidence, figures
from maskgate.cli import cli
from maskgate.crypto import canonical, signing


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["audit", *arguments], catch_exceptions=True)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log, an auditor's key and a checkpoint."""
    office = Office()
    one = office.open(tier="double")
    office.vote(one, "anna")
    office.vote(one, "dan")
    office.release(one)
    three = office.open(tier="high", value=b"[1]")
    office.act(three, "eve", "break_glass")
    log = [events.encode(event) for event in office.log]
    (tmp_path / "log").write_bytes(b"\n".join(log) + b"\n")
    signing.create_key(tmp_path / "auditor.pem")
    signing.create_key(tmp_path / "gate.pem")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKGATE_PIPELINE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MASKGATE_LINEAGE_DIR", str(tmp_path / "lineage"))
    (tmp_path / "heads").write_text(call("checkpoint", "--log", "log", "--signer", "gate.pem").stdout)
    return tmp_path


def made(place: Path, framework: str, form: str = "html") -> bytes:
    done = call(
        "report", "--log", "log", "--framework", framework, "--signer", "auditor.pem", "--format", form,
        "--checkpoint", "heads", "--key", "gate.pub",
    )  # fmt: skip
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout_bytes


def verified(raw: bytes, key: str = "auditor.pub") -> Result:
    Path("report").write_bytes(raw)
    return call("verify", "--report", "report", "--key", key)


@pytest.mark.parametrize("framework", evidence.FRAMEWORKS)
def test_every_framework_gives_a_report_that_verifies(framework: str, place: Path) -> None:
    """Each control with figures that exist, source and edition, and the verification of the log inside."""
    plan = evidence.framework(framework)
    assert plan["edition"] and plan["source"].startswith("https://")
    raw = made(place, framework)
    done = verified(raw)
    assert (done.exit_code, done.stdout[:5]) == (0, "good:"), (done.output, done.exception)
    assert "proven by a checkpoint" in done.stdout
    text = raw.decode()
    assert not any(word in text for word in ("<script", "src=", "href=", "<link", "@import", "url("))
    assert all(f"<h2>{control['id']} " in text for control in plan["controls"])
    assert "not evidenced" in text, "there is no lineage folder, so masking is not shown as zero"
    assert verified(made(place, framework, "json")).exit_code == 0
    assert verified(raw, "gate.pub").exit_code == 1


def test_figures_name_the_entries_they_rest_on(place: Path) -> None:
    """The number of a figure is that of its entries, and they are of its kind."""
    log = [events.decode(line) for line in (place / "log").read_bytes().splitlines()]
    found = figures.figures(log, 0, 1 << 45, "")
    assert found["signed_votes"]["value"] == len(found["signed_votes"]["entries"]) == 2
    assert all(isinstance(log[n - 1], events.VoteAccepted) for n in found["signed_votes"]["entries"])
    assert found["double_approvals"]["value"] == 1
    assert found["broken_glass"]["rows"][0][2] == "eve"
    assert ["leads", "eve"] in found["access_list"]["rows"]
    assert found["masking"]["value"] is None
    assert figures.figures(log, 0, 1, "")["released"]["value"] == 0


def test_no_flip_or_cut_of_a_report_passes(place: Path) -> None:
    """300 flips and cuts anywhere in page and JSON."""
    rng, passed = random.Random(5), []
    for form in ("html", "json"):
        raw = made(place, "soc2", form)
        for n in range(150):
            data = bytearray(raw)
            if n % 5 == 0:
                del data[-rng.randint(1, len(data)) :]
            else:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            done = verified(bytes(data))
            if done.exit_code != 1 or not isinstance(done.exception, SystemExit):
                passed.append((form, n, done.exit_code, repr(done.exception)))
    assert passed == []


def test_a_bad_log_gives_a_report_that_says_so(place: Path) -> None:
    """What verification found stands in the report, whoever signs it."""
    lines = (place / "log").read_bytes().splitlines()
    (place / "log").write_bytes(b"\n".join([*lines[:3], *lines[4:]]) + b"\n")
    raw = made(place, "gdpr")
    assert b"The log was verified: BAD" in raw
    assert "was BAD" in verified(raw).stdout


def test_a_hundred_thousand_decisions_take_no_half_minute() -> None:
    """The figures are one pass: 100,000 votes in less than 30 s of CPU."""
    office = Office()
    one = office.open(tier="double")
    office.vote(one, "anna")
    vote = next(event for event in office.log if isinstance(event, events.VoteAccepted))
    log = [*office.log, *[vote] * 100_000]
    began = time.process_time()
    found = figures.figures(log, 0, 1 << 45, "")
    data = evidence.build("soc2", found, (0, 1), {"good": True, "proven": True, "size": 1, "root": "", "problems": []})
    evidence.page(evidence.sign(data, signing.generate()))
    assert time.process_time() - began < 30
    assert found["signed_votes"]["value"] == 100_001
    assert canonical.dumps(data)
