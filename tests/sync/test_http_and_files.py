"""The file and HTTP sinks against receivers that check what they get."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from fakes.fake_audit import TOPIC_ID, FakeLog, Post, courier, drain, entry, http_receiver
from maskgate.base.config import AuditSink, Kafka, Settings
from maskgate.base.errors import ConfigurationError
from maskgate.sync import make
from maskgate.sync.entry import Entry, Item, NotTaken
from maskgate.sync.form import plain
from maskgate.sync.sinks import jsonl


def items(*offsets: int) -> list[Item]:
    return [Item(entry(n), plain(entry(n), TOPIC_ID), f"{TOPIC_ID}/0/{n}") for n in offsets]


def http(url: str, **more: Any) -> Any:
    return make.sink(
        AuditSink.model_validate({"name": "siem", "kind": "http", "url": url, "allow_plain": True} | more), Kafka()
    )


def test_lines_are_whole_private_and_the_log_s_own_events(tmp_path: Path) -> None:
    """One object a line with id, place and time; mode 0600."""
    file = tmp_path / "out" / "audit.ndjson"
    sink = make.sink(AuditSink(name="disk", kind="jsonl", path=file), Kafka())
    one = courier(tmp_path, FakeLog([entry(n) for n in range(7)]), sink)
    one.start()
    drain(one)
    one.close()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["event"] for line in lines] == [json.loads(entry(n).value) for n in range(7)]
    assert [line["id"] for line in lines] == [f"{TOPIC_ID}/0/{n}" for n in range(7)]
    assert file.stat().st_mode & 0o777 == 0o600


def test_half_a_line_of_a_kill_is_written_anew_and_a_moved_file_begins_again(tmp_path: Path) -> None:
    """No reader ever sees two entries in one line; rotation needs no signal."""
    file = tmp_path / "audit.ndjson"
    sink = jsonl.JsonLines(file)
    sink.send(items(0))
    with file.open("ab") as out:
        out.write(b'{"half": ')
    sink.send(items(1, 2))
    assert [json.loads(line)["offset"] for line in file.read_text().splitlines()] == [0, 1, 2]
    file.rename(tmp_path / "audit.ndjson.1")
    sink.send(items(3))
    assert [json.loads(line)["offset"] for line in file.read_text().splitlines()] == [3]


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entries wait; the half that went in is taken out again."""
    file = tmp_path / "audit.ndjson"
    sink = jsonl.JsonLines(file)
    sink.send(items(0))
    before = file.read_bytes()
    real = os.pwrite

    def full(handle: int, data: bytes, at: int) -> int:
        if at > len(before):
            raise OSError(28, "No space left on device")
        return real(handle, data[:10], at)

    monkeypatch.setattr(jsonl.os, "pwrite", full)
    with pytest.raises(NotTaken, match="No space left"):
        sink.send(items(1))
    assert file.read_bytes() == before


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """With the command that mends it."""
    file = tmp_path / "audit.ndjson"
    file.touch()
    file.chmod(0o644)
    with pytest.raises(NotTaken, match="chmod 600") as error:
        jsonl.JsonLines(file).send(items(0))
    assert error.value.refused


def test_a_post_is_an_array_with_the_bearer_token() -> None:
    """The generic form."""
    with http_receiver(lambda post: (202, {})) as (url, got):
        sink = http(f"{url}/in?x=1", secret="t0ken")
        sink.send(items(0, 1))
        sink.close()
    assert [(post.method, post.path) for post in got] == [("POST", "/in?x=1")]
    assert got[0].headers["authorization"] == "Bearer t0ken" and got[0].headers["content-type"] == "application/json"
    assert [one["offset"] for one in json.loads(got[0].body)] == [0, 1]


def test_splunk_gets_its_envelope_and_its_token() -> None:
    """Objects one after the other, times in seconds, as the event collector documents it."""
    with http_receiver(lambda post: (200, {})) as (url, got):
        sink = http(f"{url}/services/collector/event", preset="splunk-hec", secret="hec", index="audit")
        sink.send(items(0, 1))
        sink.close()
    assert got[0].headers["authorization"] == "Splunk hec"
    events = [json.loads(line) for line in got[0].body.splitlines()]
    assert [event["event"]["offset"] for event in events] == [0, 1]
    assert events[1]["time"] == entry(1).at_ms / 1000 and events[1]["index"] == "audit"
    assert {event["sourcetype"] for event in events} == {"maskgate:audit"}


@pytest.mark.parametrize(
    ("status", "headers", "refused", "after_s"),
    [
        (500, {}, False, 0.0), (503, {"Retry-After": "7"}, False, 7.0), (429, {"Retry-After": "9"}, False, 9.0),
        (408, {}, False, 0.0), (400, {}, True, 0.0), (401, {}, True, 0.0), (403, {"Retry-After": "5"}, True, 0.0),
        (413, {}, True, 0.0), (302, {"Location": "http://127.0.0.1:1/"}, True, 0.0),
    ],
)  # fmt: skip
def test_an_answer_is_for_later_or_refused(status: int, headers: dict[str, str], refused: bool, after_s: float) -> None:
    """A redirect is refused as well: the token would go with it."""
    with http_receiver(lambda post: (status, headers)) as (url, got):
        sink = http(url, secret="t0ken")
        with pytest.raises(NotTaken) as error:
            sink.send(items(0))
        sink.close()
    assert (error.value.refused, error.value.after_s, len(got)) == (refused, after_s, 1)
    assert "t0ken" not in error.value.why and "127.0.0.1" not in error.value.why


def test_down_and_back_nothing_is_missing_and_the_order_holds(tmp_path: Path) -> None:
    """A receiver that is away, then ill, then well, has every entry once, as it was confirmed."""
    answers = iter([500, 200, 429, 503])
    taken: list[int] = []

    def answer(post: Post) -> tuple[int, dict[str, str]]:
        status = next(answers, 200)
        if status == 200:
            taken.extend(one["offset"] for one in json.loads(post.body))
        return status, {}

    one = courier(tmp_path, FakeLog([entry(n) for n in range(10)]), http("http://127.0.0.1:1/"))
    one.start()
    assert drain(one) > 0 and "did not answer" in one.trouble
    one.close()
    with http_receiver(answer) as (url, _):
        back = courier(tmp_path, FakeLog([entry(n) for n in range(10)]), http(url))
        back.start()
        while drain(back):
            pass
        back.close()
    assert taken == list(range(10))


def test_what_is_no_event_is_sent_as_its_digest_and_holds_nobody_up() -> None:
    """Somebody else wrote to the log: that is evidence, its bytes are not ours to pass on."""
    for value in (b"\xff\xfe", b"[1]", b""):
        body = plain(Entry(3, 0, value), TOPIC_ID)
        assert body["event"] is None and body["unreadable_sha256"] == hashlib.sha256(value).hexdigest()


@pytest.mark.parametrize(
    ("sink", "words"),
    [
        ({"kind": "jsonl"}, "kind jsonl needs 'path'"),
        ({"kind": "http"}, "kind http needs 'url'"),
        ({"kind": "http", "url": "https://x/", "certificate": "a.pem"}, "belong together"),
        ({"kind": "fax"}, "jsonl"),
        ({"kind": "http", "url": "http://s3cret@siem/"}, "not https"),
        ({"kind": "http", "url": "ftp://s3cret"}, r"not an http\(s\) address"),
        ({"kind": "http", "url": "https://x/", "preset": "splunk-hec"}, "needs 'secret'"),
        ({"kind": "http", "url": "https://x/", "ca": "/nowhere.pem"}, "cannot be used"),
    ],
)
def test_wrong_settings_are_told_without_their_secrets(sink: dict[str, Any], words: str) -> None:
    """Before anything is sent."""
    with pytest.raises((ConfigurationError, ValueError), match=words) as error:
        make.sink(AuditSink.model_validate({"name": "siem"} | sink), Kafka())
    assert "s3cret" not in str(error.value)


def test_two_sinks_of_one_name_are_refused() -> None:
    """They would share a cursor."""
    one = {"name": "a", "kind": "jsonl", "path": "x"}
    with pytest.raises(ValueError, match="two sinks are called 'a'"):
        Settings.model_validate({"audit": {"sinks": [one, one]}})
