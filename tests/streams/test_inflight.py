"""What a supervisor learns from a dead worker's in-flight file."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from maskgate.worker.inflight import Beat, Flight, FlightFile, Strikes, read_flight

RANGE = Flight("mask", {("t", 0): (10, 20), ("t", 1): (5, 6)})
ONE = Flight("mask", {("t", 0): (12, 13)})


@pytest.fixture
def strikes(tmp_path: Path) -> Strikes:
    """Nothing died yet."""
    return Strikes(tmp_path / "strikes")


def test_two_deaths_on_a_range_make_it_careful(strikes: Strikes) -> None:
    """The first death on a range is bad luck, the second makes every range of that flight careful."""
    assert strikes.died(RANGE) == ""
    assert strikes.died(RANGE) == "careful"
    assert strikes.careful == {("t", 0): (10, 20), ("t", 1): (5, 6)}


def test_a_record_that_kills_twice_is_condemned(strikes: Strikes) -> None:
    """A record that was alone in flight at two deaths is not looked at again."""
    assert [strikes.died(ONE), strikes.died(ONE)] == ["", "condemned"]
    assert strikes.condemned == {("t", 0, 12)}


@pytest.mark.parametrize("phase", ["commit", "idle"])
def test_deaths_outside_of_masking_are_nobodys_fault(strikes: Strikes, phase: str) -> None:
    """A worker that dies while it writes or waits says nothing about its records."""
    for _ in range(5):
        assert strikes.died(Flight(phase, RANGE.ranges)) == ""
    assert not strikes.careful


def test_strikes_outlive_the_supervisor(strikes: Strikes, tmp_path: Path) -> None:
    """A new supervisor knows what the last one counted."""
    strikes.died(ONE)
    later = Strikes(tmp_path / "strikes")
    assert later.died(ONE) == "condemned"
    assert Strikes(tmp_path / "strikes").condemned == {("t", 0, 12)}


def test_a_flight_is_read_as_it_was_written(tmp_path: Path) -> None:
    """A shorter flight leaves nothing of a longer one behind."""
    file = FlightFile(tmp_path / "f.json")
    file.write("mask", {("a-long-topic-name", n): (0, 10**12) for n in range(20)})
    file.write("commit", {("t", 3): (1, 2)})
    flight = read_flight(tmp_path / "f.json")
    assert (flight.phase, flight.ranges, flight.records) == ("commit", {("t", 3): (1, 2)}, 1)
    file.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ranges": [], "singles": [1]}'])
def test_broken_strikes_count_as_none(tmp_path: Path, text: str) -> None:
    """A file of strikes that is not whole stops nobody."""
    (tmp_path / "strikes").write_text(text)
    strikes = Strikes(tmp_path / "strikes")
    assert (strikes.careful, strikes.condemned) == ({}, set())
    assert [strikes.died(ONE), strikes.died(ONE)] == ["", "condemned"]


@pytest.mark.parametrize("text", ["", "{", '{"phase": "mask"}', "[]"])
def test_a_broken_file_says_nothing(tmp_path: Path, text: str) -> None:
    """What cannot be read counts as no flight."""
    (tmp_path / "f.json").write_text(text)
    assert read_flight(tmp_path / "f.json") == Flight()
    assert read_flight(tmp_path / "missing.json") == Flight()


def test_a_promise_is_shared() -> None:
    """What the worker promises is what the supervisor reads."""
    beat = Beat()
    beat.promise(10, batches=7)
    deadline, batches, ready = beat.read()
    assert deadline > 0
    assert (batches, ready) == (7, True)


def test_a_promise_is_never_seen_half_written() -> None:
    """A process that promises all the time never shows a deadline that it did not promise."""
    beat = Beat()
    beat.promise(60, batches=1)
    born = time.monotonic()
    writer = os.fork()
    if writer == 0:
        while True:
            beat.promise(60, batches=1)
    try:
        seen = [beat.read() for _ in range(400_000)]
    finally:
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
    assert min(deadline for deadline, _, _ in seen) >= born + 59
    assert {(batches, ready) for _, batches, ready in seen} == {(1, True)}
