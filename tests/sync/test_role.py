"""The role on a broker: sinks do not wait for each other, and what each of them lacks is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.fake_audit import entry
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.base.meters import Meters
from maskgate.doctor import Line as Told
from maskgate.doctor import Scope
from maskgate.doctor.audit_sync import audit_sync
from maskgate.kafka import kcat, topics
from maskgate.local.brokers import start_embedded
from maskgate.sync import role
from maskgate.sync.cursor import Cursor, CursorFile


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A log of twenty entries; one sink that works, one whose receiver is away."""
    broker = start_embedded()
    shape = kcat.Shape(key=None, key_delimiter=None, headers=(), empty_is_null=False, as_json=False)
    kcat.produce_lines(broker.kafka, topics.LOG, [entry(n).value for n in range(20)], shape, 0)
    sinks = [
        {"name": "disk", "kind": "jsonl", "path": tmp_path / "out.ndjson", "batch": 3, "format": "ocsf"},
        {"name": "away", "kind": "http", "url": "http://127.0.0.1:1/", "allow_plain": True},
    ]
    tree = {"kafka": broker.kafka, "pipeline": {"state_dir": tmp_path / "state"}, "audit": {"sinks": sinks}}
    yield Settings.model_validate(tree)
    broker.stop()


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.05)


def told(settings: Settings) -> list[Told]:
    return list(audit_sync(Scope(settings, ("watch",))))


def test_one_sink_that_is_away_holds_up_no_other_and_is_told(settings: Settings, tmp_path: Path) -> None:
    """The file has everything in order; metrics and doctor name the other, its lag and why."""
    stop, meters = threading.Event(), Meters(settings.pipeline.state_dir, "audit-sync")
    assert {line.status for line in told(settings)} == {"fail"}, "no role runs yet"
    lines = [role.Line(sink, role.opener(settings, "log-1"), stop) for sink in settings.audit.sinks]
    for line in lines:
        line.thread.start()
    wait_for(lambda: lines[0].counts["sent"] == 20 and lines[1].lag is not None)
    with pytest.raises(WorldError, match="away: process"):
        role.opener(settings, "log-1")(settings.audit.sinks[1])
    role.show(meters, lines)
    disk, away = told(settings)
    assert disk.status == "ok" and "entries below 20 were sent" in disk.text
    assert away.status == "fail" and "did not answer" in away.text and "20 entries wait" in away.text
    assert not meters.ready and meters.notes[0].startswith("audit sink away: ")
    stop.set()
    for line in lines:
        line.thread.join(20)
        assert not line.thread.is_alive()
    found = [json.loads(text) for text in (tmp_path / "out.ndjson").read_text().splitlines()]
    assert [one["metadata"]["sequence"] for one in found] == list(range(20))


def test_a_sink_with_a_foreign_cursor_stops_alone_and_all_of_them_end_the_role(settings: Settings) -> None:
    """A person has to look; the role ends with the reason only where nothing is left to do."""
    stop = threading.Event()
    for sink in settings.audit.sinks:
        CursorFile(settings.pipeline.state_dir, sink.name).save(Cursor("log-1", 500, "0" * 64))
    lines = [role.Line(sink, role.opener(settings, "log-1"), stop) for sink in settings.audit.sinks]
    for line in lines:
        line.thread.start()
    with pytest.raises(ConfigurationError, match="its last entries were cut off"):
        role._attend(settings, "log-1", lines, stop)
    assert not Path(settings.audit.sinks[0].path or "").exists()


def test_without_sinks_the_role_says_what_to_write() -> None:
    """Before it asks any broker."""
    with pytest.raises(ConfigurationError, match=r"write audit\.sinks"):
        role.main(Settings())
