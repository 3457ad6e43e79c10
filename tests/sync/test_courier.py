"""One sink's way through the log: in order, at least once, nothing dropped, never with a log that is not its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fakes.fake_audit import FakeLog, courier, drain, entry
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.sync import cursor as cursors
from maskgate.sync.cursor import CursorFile
from maskgate.sync.entry import Entry, Item, NotTaken


class Recorder:
    """A sink that notes what it takes; ``troubles`` come first, and entries in ``bad`` are refused."""

    def __init__(self, *troubles: NotTaken, bad: Sequence[int] = ()) -> None:
        self.troubles, self.bad = list(troubles), set(bad)
        self.got: list[int] = []
        self.sends = 0

    def send(self, items: Sequence[Item]) -> None:
        self.sends += 1
        if self.troubles:
            raise self.troubles.pop(0)
        if any(item.entry.offset in self.bad for item in items):
            raise NotTaken("the receiver answered 400", refused=True)
        self.got += [item.entry.offset for item in items]

    def close(self) -> None:
        pass


def ten() -> FakeLog:
    return FakeLog([entry(n) for n in range(10)])


def test_every_entry_is_sent_once_and_in_order_over_restarts(tmp_path: Path) -> None:
    """A courier that ends in order leaves nothing to be sent twice."""
    log, sink = ten(), Recorder()
    for more in range(3):
        one = courier(tmp_path, log, sink)
        one.start()
        assert drain(one) == 0.0
        one.close()
        log.entries.append(entry(10 + more))
    assert sink.got == list(range(12))


def test_a_receiver_that_is_down_gets_everything_when_it_is_back(tmp_path: Path) -> None:
    """Back-off grows; nothing is lost or doubled; no more is read meanwhile than waits already."""
    log, sink = ten(), Recorder(*[NotTaken("the receiver did not answer") for _ in range(6)])
    one = courier(tmp_path, log, sink)
    one.start()
    waits = [drain(one) for _ in range(6)]
    assert waits == sorted(waits) and waits[0] < 1 and waits[-1] > 10
    assert one.trouble == "the receiver did not answer" and one.lag()[0] == 10
    assert one._reader.reads == 1, "a sink that waits reads on: entries would pile up"  # type: ignore[attr-defined]
    assert drain(one) == 0.0 and one.trouble == ""
    assert sink.got == list(range(10))
    one.close()


def test_a_wait_that_the_receiver_asks_for_is_kept_within_an_hour(tmp_path: Path) -> None:
    """Retry-After is obeyed, but not for ever."""
    one = courier(tmp_path, ten(), Recorder(NotTaken("busy", after_s=120), NotTaken("busy", after_s=1e9)))
    one.start()
    assert drain(one) == 120
    assert drain(one) == 3600
    one.close()


def test_a_refused_entry_is_found_named_and_never_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those before it arrive; it and those behind it wait, and it is said as an error with its number."""
    log, sink = ten(), Recorder(bad=[5])
    one = courier(tmp_path, log, sink, batch=10)
    one.start()
    while (wait_s := drain(one)) == 0.0:
        pass
    assert wait_s >= 4 and sink.got == [0, 1, 2, 3, 4]
    said = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (said["level"], said["event"], said["offset"]) == ("error", "sink_refused", 5)
    assert drain(one) >= 8, "a refusal is tried again more and more slowly"
    sink.bad.clear()
    assert drain(one) == 0.0 and sink.got == list(range(10))
    one.close()


def test_a_kill_between_send_and_cursor_repeats_those_entries_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: the batch whose cursor was not written comes again, under the same ids."""
    log, sink = ten(), Recorder()
    one = courier(tmp_path, log, sink)
    one.start()
    one.step()

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(one._file, "save", die)
    with pytest.raises(KeyboardInterrupt):
        one.step()
    one.close()
    again = courier(tmp_path, log, sink)
    again.start()
    drain(again)
    assert sink.got == [0, 1, 2, 3, 4, 5, 3, 4, 5, 6, 7, 8, 9]
    again.close()


def sent(folder: Path) -> FakeLog:
    """A log of ten entries that were all sent."""
    log = ten()
    one = courier(folder, log, Recorder())
    one.start()
    drain(one)
    one.close()
    return log


@pytest.mark.parametrize(
    ("entries", "topic_id", "words"),
    [
        ([entry(n) for n in range(8)], "log-1", "its last entries were cut off"),
        ([], "log-1", "its last entries were cut off"),
        ([entry(n) for n in range(9)] + [entry(9, code="other")], "log-1", "changed or replaced"),
        ([entry(n) for n in range(9)] + [entry(12)], "log-1", "changed or replaced"),
        ([entry(n) for n in range(11, 20)], "log-1", "entries are gone"),
        ([entry(n) for n in range(20)], "log-2", "created anew"),
    ],
    ids=["cut", "empty", "changed", "last entry gone", "begins later", "another topic"],
)
def test_a_log_that_is_not_the_one_that_was_sent_is_refused(
    tmp_path: Path, entries: list[Entry], topic_id: str, words: str
) -> None:
    """The message says what is wrong and what to do; nothing is sent and the cursor stays."""
    log, sink = sent(tmp_path), Recorder()
    log.entries[:] = entries
    kept = (cursors.folder(tmp_path) / "siem.json").read_bytes()
    one = courier(tmp_path, log, sink, topic_id=topic_id)
    with pytest.raises(ConfigurationError, match=words) as error:
        one.start()
    assert "maskgate audit sync --sink siem --from" in str(error.value)
    assert sink.sends == 0 and (cursors.folder(tmp_path) / "siem.json").read_bytes() == kept
    one.close()


def test_a_log_that_goes_back_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """A reader that starts over, because its place is gone, does not send old entries as new ones."""
    log, sink = ten(), Recorder()
    one = courier(tmp_path, log, sink)
    one.start()
    drain(one)
    log.entries[:] = [entry(0)]
    one._reader.seek(0)
    with pytest.raises(ConfigurationError, match="went back to entry 0"):
        one.step()
    one.close()


def test_a_second_sync_is_told_who_has_the_sink(tmp_path: Path) -> None:
    """Two at once would double everything; the second one ends with the number of the first."""
    first = CursorFile(tmp_path, "siem")
    first.claim()
    with pytest.raises(WorldError, match=r"process \d+ sends to it already"):
        CursorFile(tmp_path, "siem").claim()
    first.release()
    second = CursorFile(tmp_path, "siem")
    second.claim()
    second.release()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"topic_id": "log-1", "offset": "x", "digest": ""}'])
def test_a_damaged_cursor_is_not_taken_for_none(tmp_path: Path, text: str) -> None:
    """Else the whole log would be sent again."""
    sent(tmp_path)
    (cursors.folder(tmp_path) / "siem.json").write_text(text)
    with pytest.raises(ConfigurationError, match="not a cursor"):
        CursorFile(tmp_path, "siem").load()


def test_the_clock_may_jump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries with absurd times are sent, and the time of day changes no wait."""
    log = FakeLog([entry(0)._replace(at_ms=-5), entry(1)._replace(at_ms=10**18), entry(2)])
    sink = Recorder(NotTaken("later"))
    one = courier(tmp_path, log, sink)
    one.start()
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert 0 < drain(one) < 1
    assert one.lag()[1] >= 0.0
    assert drain(one) == 0.0 and sink.got == [0, 1, 2]
    one.close()
