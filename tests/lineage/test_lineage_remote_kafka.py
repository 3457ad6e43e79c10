"""Two sinks that are killed again and again, on an object store and on a Delta table, behind a real Kafka."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fakes import s3
from fakes.lineage_sinks import Sinks, wait
from maskgate.lineage.sinks import check, keys

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.mark.parametrize("scheme", ["s3", "delta+file"])
def test_two_sinks_that_are_killed_write_every_row_once(
    scheme: str, kafka_broker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds a partition goes on behind what is written, and what two hold is written by one."""
    for name, value in s3.KEYS.items():
        monkeypatch.setenv(name, value)
    dice = random.Random(scheme)
    with s3.served() as server, s3.wire(server, lambda *_: "") as endpoint:
        store = f"s3://{s3.BUCKET}/x" if scheme == "s3" else f"delta+file://{tmp_path / 'table'}"
        sinks = Sinks(kafka_broker, tmp_path / "lineage", store, endpoint if scheme == "s3" else "")
        try:
            running = {name: sinks.start(name) for name in "ab"}
            sinks.produce(range(300), aborted_every=3)
            for round_ in range(3):
                seen = len(sinks.rows())
                wait(lambda n=seen: len(sinks.rows()) > n or n >= 300)  # type: ignore[misc]
                name = dice.choice("ab")
                time.sleep(dice.uniform(0.0, 0.3))
                running[name].kill()
                running[name].wait()
                running[name] = sinks.start(name)
                sinks.produce(range(300 + round_ * 100, 400 + round_ * 100))

            def written() -> bool:
                for name, process in running.items():
                    if process.poll() is not None:  # fenced: its supervisor would start it again
                        running[name] = sinks.start(name)
                return len(sinks.rows()) >= 600

            wait(written, 120)
            assert Counter(sinks.rows()) == Counter(range(600))
            assert check.verify(sinks.where, keys.known(tmp_path / "state")) == []
        finally:
            sinks.end()
