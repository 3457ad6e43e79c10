"""Input that no parser likes, through the real worker on real Kafka: a dead letter or a masked record, never a leak."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kafka_fixtures import Broker
from maskgate.base.config import Detection
from maskgate.crypto import signing
from maskgate.kafka import topics
from maskgate.kafka.session import Out
from streams.supervised import Supervised, eventually, settings
from streams.writing import write

pytestmark = pytest.mark.kafka
MARK = "zq7marked"
MAIL = f"{MARK}@example.org"
REAL = Path(__file__).parents[1] / "fakes" / "supervised_real.py"


@dataclass(frozen=True)
class Bad:
    """A value, and the codes of which one is expected; no code: it is masked."""

    value: bytes | None
    codes: tuple[str, ...] = ()
    headers: tuple[tuple[str, bytes], ...] = field(default=())


def _text(text: str) -> bytes:
    return json.dumps({"mail": MAIL, "text": text}).encode()


CASES = {
    "not json": Bad(MAIL.encode(), ("not_json",)),
    "cut off": Bad(b'{"mail": "%s' % MAIL.encode(), ("not_json",)),
    "not utf-8": Bad(b'{"mail": "%s \xff\xfe"}' % MAIL.encode(), ("not_utf8", "not_json")),
    "100,000 levels": Bad(b"[" * 100_000 + b'"%s"' % MAIL.encode() + b"]" * 100_000, ("too_deep",)),
    "10 MB": Bad(_text("x" * 10_000_000), ("too_large",)),
    "NaN": Bad(b'{"mail": "%s", "n": NaN}' % MAIL.encode(), ("not_json",)),
    "empty value": Bad(b"", ("not_json",)),
    "tombstone": Bad(None),
    "duplicate keys": Bad(b'{"mail": "%s", "mail": "x%s"}' % (MAIL.encode(), MAIL.encode())),
    "lone surrogate": Bad(b'{"mail": "%s", "t": "\\ud800 x"}' % MAIL.encode()),
    "number of 5,000 digits": Bad(b'{"mail": "%s", "n": %s}' % (MAIL.encode(), b"7" * 5000)),
    "duplicate keys in an export": Bad(
        b'{"mail": "%s", "mail": 1}' % MAIL.encode(), ("duplicate_keys",), (("maskgate.export", b"default"),)
    ),
    "unknown destination": Bad(_text("x"), ("unknown_destination",), (("maskgate.export", b"no-such"),)),
} | {f"20,000 × {mark}": Bad(_text(mark * 20_000)) for mark in string.punctuation}


@pytest.fixture(scope="module")
def outcome(kafka_broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """All bad records in one topic, between good ones, and what the worker made of them."""
    topic = kafka_broker.pipeline(1)
    state = Path(tmp_path_factory.mktemp("bad")) / "state"
    signing.create_key(state / "keys" / "pipeline.pem")
    chosen = settings(kafka_broker, topic, state).model_copy(update={"detection": Detection(model="none")})
    good = Out(topic, b'{"ok": 1}', partition=0)
    outs = [out for bad in CASES.values() for out in (good, Out(topic, bad.value, b"k", bad.headers, 0))]
    write(kafka_broker, [*outs, Out(topic, b'{"last": "%s"}' % MAIL.encode(), partition=0)])
    running = Supervised(chosen, REAL)

    def results() -> list[Any] | None:
        found = kafka_broker.read([topics.masked(topic), topics.dead_letters(topic)])
        return found if len(found) >= 2 * len(CASES) + 1 else None

    found = eventually(results, 120)
    assert running.stop() == 0
    masked = {
        int(dict(m.headers())["maskgate.source"].rsplit(b"/")[-1]): m for m in found if m.topic().endswith("masked")
    }
    dead = {json.loads(m.value())["offset"]: m for m in found if m.topic().endswith("dlq")}
    yield {"masked": masked, "dead": dead, "log": running.log.read_bytes(), "lines": running.lines(), "topic": topic}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_record_ends_well(outcome: dict[str, Any], name: str) -> None:
    """It is masked, or a dead letter with its coordinates and one of the expected codes; its bytes are in neither."""
    bad = CASES[name]
    offset = 2 * list(CASES).index(name) + 1
    if bad.codes:
        letter = outcome["dead"][offset]
        tree = json.loads(letter.value())
        assert tree["code"] in bad.codes
        assert (tree["topic"], tree["partition"], tree["length"]) == (outcome["topic"], 0, len(bad.value or b""))
        assert dict(letter.headers())["__connect.errors.offset"] == str(offset).encode()
        assert MARK.encode() not in letter.value() + b"".join(value for _, value in letter.headers())
        return
    masked = outcome["masked"][offset]
    if bad.value is None:
        assert masked.value() is None
        return
    assert MARK.encode() not in masked.value()
    before, after = bad.value.split(MAIL.encode(), 1)
    assert masked.value().startswith(before)
    assert masked.value().endswith(after.rsplit(MAIL.encode(), 1)[-1])


def test_the_worker_lives(outcome: dict[str, Any]) -> None:
    """No worker died of it, the records between and behind are there, and the log holds no value."""
    assert [e for e in outcome["lines"] if e["event"] in ("worker_ended", "watchdog")] == []
    assert all(2 * n in outcome["masked"] for n in range(len(CASES) + 1))
    assert MARK.encode() not in outcome["log"]
