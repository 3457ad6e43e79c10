"""The demo: plays its story, reads its account back, and notices when the account does not agree."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from maskgate.base.config import Kafka
from maskgate.base.errors import ConfigurationError
from maskgate.local.demo import account, events, workspace
from maskgate.policy import load_policy

GOOD = account.Account("embedded", ["t"], 20, 12, 4, 1, 1, 1, 1, 4, 30, "lineage")
STORY = account.Expected(poison=4, exports=4, released=1, denied=1, expired=1, refused=1)
KINDS = Counter(masked=8, passed=4, held=4, quarantined=4, released=1, denied=1, expired=1)


def play(
    tmp_path: Path, *args: str, timeout_s: float = 280
) -> tuple[subprocess.CompletedProcess[str], dict[str, object]]:
    file = tmp_path / "account.json"
    command = [sys.executable, "-m", "maskgate", "demo", "--once", "--json", str(file), "--dir", str(tmp_path / "d")]
    done = subprocess.run([*command, *args], capture_output=True, text=True, timeout=timeout_s)
    return done, json.loads(file.read_text()) if file.exists() else {}


def agrees(done: subprocess.CompletedProcess[str], found: dict[str, object]) -> None:
    assert done.returncode == 0, done.stderr[-3000:]
    assert set(found) == {
        "broker", "topics", "produced", "masked", "held", "released", "denied", "expired",
        "refused_self_approvals", "dead_lettered", "lineage_rows", "lineage_dir",
    }  # fmt: skip
    told = json.loads(done.stdout)
    assert told == found
    assert found["produced"] == found["masked"] + found["held"] + found["dead_lettered"]  # type: ignore[operator]
    assert [found[k] for k in ("released", "denied", "expired", "refused_self_approvals")] == [1, 1, 1, 1]
    assert found["dead_lettered"] == len(events.poison())


@pytest.mark.slow
def test_the_story_agrees_with_itself_on_the_embedded_broker(tmp_path: Path) -> None:
    """`maskgate demo --once` exits 0 with an account whose counts agree, and leaves no raw value in its log."""
    done, found = play(tmp_path)
    agrees(done, found)
    assert "[ Open the request ]" in done.stderr
    roles = (tmp_path / "d" / "roles.log").read_text()
    for person in events.PEOPLE:
        assert person.email not in roles
        assert person.last not in roles


@pytest.mark.kafka
def test_the_story_agrees_with_itself_on_apache_kafka(tmp_path: Path) -> None:
    """The same story on a real broker, with transactions."""
    agrees(*play(tmp_path, "--broker", "kafka"))


@pytest.mark.slow
def test_it_stays_up_until_it_is_interrupted_and_then_ends_cleanly(tmp_path: Path) -> None:
    """Without --once the demo says how to review and waits; SIGINT ends it with code 0 and no process is left."""
    port = workspace_port()
    demo = subprocess.Popen(
        [sys.executable, "-m", "maskgate", "demo", "--dir", str(tmp_path / "d"), "--port", str(port)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert demo.stderr
    said = ""
    until = time.monotonic() + 200
    while "Ctrl-C ends the demo" not in said and time.monotonic() < until:
        line = demo.stderr.readline()
        assert line, said
        said += line
    assert f"http://localhost:{port}/" in said
    assert "approvals approve" in said
    demo.send_signal(signal.SIGINT)
    assert demo.wait(60) == 0
    demo.stderr.close()
    left = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True).stdout
    assert str(tmp_path) not in left


def workspace_port() -> int:
    from maskgate.local.demo import stage

    return stage.free_port()


@pytest.mark.parametrize(
    "changed",
    [
        {"masked": 11}, {"held": 3}, {"released": 2}, {"denied": 0}, {"expired": 2},
        {"refused_self_approvals": 0}, {"dead_lettered": 3},
    ],
    ids=str,
)  # fmt: skip
def test_an_account_that_is_off_by_one_does_not_agree(
    changed: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every count of the account is held against another source."""
    monkeypatch.setattr(account, "lineage_kinds", lambda _: KINDS)
    work = workspace.create(tmp_path, Kafka(), 8300)
    assert not account.disagreements(work, GOOD, STORY)
    assert account.disagreements(work, replace(GOOD, **changed), STORY)


def test_lineage_that_lost_a_row_does_not_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Parquet files are held against the topics."""
    work = workspace.create(tmp_path, Kafka(), 8300)
    for kind in KINDS:
        fewer = KINDS - Counter({kind: 1})
        monkeypatch.setattr(account, "lineage_kinds", lambda _, fewer=fewer: fewer)
        assert account.disagreements(work, GOOD, STORY), kind


def test_the_workspace_holds_keys_that_only_the_owner_reads(tmp_path: Path) -> None:
    """Private keys and the settings are 0600, and the policy of the demo loads."""
    work = workspace.create(tmp_path, Kafka(), 8300)
    secret = [*tmp_path.rglob("*.pem"), work.config_file, *tmp_path.rglob("keyring.json")]
    assert len(secret) >= len(workspace.REVIEWERS) + len(workspace.SERVICES)
    assert all(file.stat().st_mode & 0o077 == 0 for file in secret)
    assert load_policy(work.settings.policy).ref.id == "demo"


def test_an_unknown_broker_is_refused(tmp_path: Path) -> None:
    """A typing error in --broker is exit 2, said in one line."""
    done, _ = play(tmp_path, "--broker", "kafak", timeout_s=60)
    assert done.returncode == 2
    assert "embedded, kafka, or HOST:PORT" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_no_broker_at_the_address_is_exit_3(tmp_path: Path) -> None:
    """A broker that does not answer is the world's fault."""
    done, _ = play(tmp_path, "--broker", "127.0.0.1:9", timeout_s=90)
    assert done.returncode == 3
    assert "no broker answers" in done.stderr


@pytest.mark.kafka
def test_a_broker_with_records_of_maskgate_is_refused(kafka_broker: object, tmp_path: Path) -> None:
    """On one's own broker the account could not agree with what others left there, so the demo says so first."""
    from confluent_kafka import Producer

    from maskgate.kafka import topics as names
    from maskgate.local import brokers
    from maskgate.local.demo import stage

    kafka: Kafka = kafka_broker.kafka  # type: ignore[attr-defined]
    brokers.ensure_topics(kafka, names.control_specs())
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
    producer.produce(names.CHECKPOINTS, b"{}")
    producer.flush(10)
    with pytest.raises(ConfigurationError, match="holds records of maskgate already"):
        stage.refuse_used(kafka)


def test_the_sample_events_are_the_same_each_time() -> None:
    """A story that is checked must not change between runs; no secret in it is a literal of the source."""
    assert events.stream(40) == events.stream(40)
    assert len(set(events.stream(80))) == 80
    source = Path(events.__file__).read_text()
    assert "ghp_" not in source and "xoxb-" not in source
    assert os.linesep not in events.stream(1)[0].decode()


def test_the_rows_of_lineage_are_accounted_for() -> None:
    """Fewer rows than records are explained: what passes unchanged has a row a batch."""
    kinds = [("held", 3, 3), ("masked", 1250, 1250), ("passed", 2, 64)]
    assert account.rows_in_words(kinds) == (
        "1,255 rows of lineage: 3 held, 1,250 masked, 2 for 64 records passed unchanged (one a batch)"
    )
