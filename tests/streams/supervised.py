"""Start the fake supervisor for a pipeline and look at what it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kafka_fixtures import Broker
from maskgate.base.config import Pipeline, Settings, Worker
from maskgate.base.errors import WorldError
from maskgate.supervise.roles import to_json

FAKE = Path(__file__).parents[1] / "fakes" / "supervised_fake.py"


class Supervised:
    """A running fake supervisor; its stderr is kept."""

    def __init__(self, settings: Settings, program: Path = FAKE) -> None:
        self.log = settings.pipeline.state_dir / "log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._err = self.log.open("ab")
        self.process = subprocess.Popen([sys.executable, str(program)], stdin=subprocess.PIPE, stderr=self._err)
        assert self.process.stdin is not None
        self.process.stdin.write(to_json(settings).encode())
        self.process.stdin.close()

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """Log lines, of one event if asked."""
        found = [json.loads(text) for text in self.log.read_text().splitlines() if text.startswith("{")]
        return [entry for entry in found if event in ("", entry["event"])]

    def stop(self) -> int:
        """SIGTERM, then the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(60)
        self._err.close()
        return code


def settings(broker: Broker, topic: str, state: Path, **worker: Any) -> Settings:
    """Settings of a pipeline of one topic."""
    return Settings(
        kafka=broker.kafka,
        pipeline=Pipeline(name=f"p-{topic[-10:]}", topics=(topic,), instance="test", state_dir=state),
        worker=Worker(**worker),
    )


def eventually(check: Callable[[], Any], patience_s: float = 90.0) -> Any:
    """The first true result of ``check``; a broker that cannot answer it yet (an open transaction) is asked again."""
    until = time.monotonic() + patience_s
    while True:
        try:
            if got := check():
                return got
        except WorldError:
            if time.monotonic() > until:
                raise
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
