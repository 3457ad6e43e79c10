"""The sink on a real Kafka: kills, a paused twin, aborted transactions."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.lineage_sinks import Sinks, wait
from maskgate.base.config import Settings
from maskgate.kafka.topic_id import topic_id
from maskgate.lineage.sinks import check, claims, keys
from maskgate.lineage.sinks.local import LocalStore
from maskgate.sink import repair
from maskgate.sink.role import fetcher

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def sinks(kafka_broker: Any, tmp_path: Path) -> Iterator[Sinks]:
    """Sinks of a fresh topic and an empty folder."""
    made = Sinks(kafka_broker, tmp_path / "lineage")
    yield made
    made.end()


def test_killed_again_and_again_it_writes_every_row_once(sinks: Sinks) -> None:
    """Ten SIGKILLs at random moments of work: every committed event is in Parquet once, and no aborted one is."""
    dice = random.Random(11)
    total, process = 4000, sinks.start("a")
    for round_ in range(10):
        before = len(sinks.rows())
        sinks.produce(range(round_ * 400, (round_ + 1) * 400), aborted_every=5)
        wait(lambda n=before: len(sinks.rows()) > n)  # type: ignore[misc]
        time.sleep(dice.uniform(0.0, 0.4))
        process.kill()
        process.wait()
        process = sinks.start("a")
    wait(lambda: len(sinks.rows()) >= total)
    process.terminate()
    process.wait(30)
    assert sinks.rows() == list(range(total))
    assert check.verify(sinks.folder, keys.known(sinks.folder.parent / "state")) == []
    assert len(list((sinks.folder / claims.CLAIMS).iterdir())) > 10


def test_damaged_files_are_written_anew_from_the_topic(sinks: Sinks) -> None:
    """Flipped bytes, by the repair; an empty file, by the next sink; aborted rows come in by neither way."""
    state = sinks.folder.parent / "state"
    sinks.produce(range(600), aborted_every=3)
    process = sinks.start("a")
    wait(lambda: len(sinks.rows()) >= 600)
    process.terminate()
    process.wait(30)
    names = sorted(name for name, full in claims.names(sinks.folder) if full)
    path = sinks.folder / claims.CLAIMS / str(names[0])
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    settings = Settings(kafka=sinks.kafka)
    store = LocalStore(sinks.folder, "repair", keys.own(state), keys.known(state))
    done = repair.mend(store, topic_id(settings, sinks.topic), fetcher(settings.kafka), sinks.topic)
    assert (done.quarantined, done.rebuilt, done.rows_lost, done.left) == (1, 1, 0, [])
    (sinks.folder / claims.CLAIMS / str(names[-1])).write_bytes(b"")
    process = sinks.start("a")
    wait(lambda: check.verify(sinks.folder, keys.known(state)) == [])
    process.terminate()
    process.wait(30)
    assert sinks.rows() == list(range(600))


def _is_stopped(process: subprocess.Popen[bytes]) -> bool:
    return Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def test_a_paused_twin_publishes_nothing_twice(sinks: Sinks) -> None:
    """A sink is stopped between its file and its claim; another writes those rows; the first wakes and is fenced."""
    paused = sinks.start("a", "pause", max_wait=1, max_rows=100_000)
    wait(lambda: sinks.members() == 1)
    sinks.produce(range(300))
    wait(lambda: _is_stopped(paused))
    assert sinks.rows() == []
    other = sinks.start("b")
    wait(lambda: len(sinks.rows()) == 300)
    paused.send_signal(signal.SIGCONT)
    paused.wait(30)
    assert "Fenced: offsets from 0" in (sinks.folder.parent / "sinks.log").read_text()
    sinks.produce(range(300, 400))
    wait(lambda: len(sinks.rows()) == 400)
    other.terminate()
    other.wait(30)
    assert sinks.rows() == list(range(400))
    assert check.verify(sinks.folder, keys.known(sinks.folder.parent / "state")) == []


def test_a_clean_end_writes_what_is_in_hand(sinks: Sinks) -> None:
    """SIGTERM does not wait for the time of the file."""
    process = sinks.start("a", max_wait=3600, max_rows=10_000)
    wait(lambda: sinks.members() == 1)
    sinks.produce(range(100))
    time.sleep(6)
    assert sinks.rows() == []
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 0
    assert sinks.rows() == list(range(100))
