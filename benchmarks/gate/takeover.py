"""How long a standby gate takes to go on where the active one was killed, on a real Kafka of this machine.

    python benchmarks/gate/takeover.py --kills 20 --busy 2

Two gates on one group; records are held and votes come all the time, and ``--busy`` processes keep the cores busy. Each
round kills the active gate (SIGKILL) and measures until the next event stands in the log, by the broker's time of
appending; then the killed one is started again as the standby. Prints one JSON object: median and worst in seconds,
and how often a gate took over (one more than there were kills, where none took over from a living one).
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "fakes"))

import fake_office as office
import gate_world

from maskgate.gate.wire import Wire
from maskgate.kafka import admin, topics
from maskgate.local import brokers
from maskgate.supervise.roles import to_json

PATIENCE_S = 180.0
POLICY = gate_world.POLICY | {"approvals": office.POLICY | {"caps": {"open_per_requester": 1_000_000}}}
_LATE_MS = 200  # a commit of the killed gate that was under way


class Pair:
    """A broker, two gates, and the load."""

    def __init__(self, folder: Path, per_s: float) -> None:
        self.folder = folder
        self.broker = brokers.start_kafka(folder / "kafka")
        self.settings = gate_world.settle(folder, self.broker.kafka, policy=POLICY)
        extra = [topics.TopicSpec(name, 1) for name in (topics.LINEAGE, "events.released", "partner.in")]
        admin.ensure_topics(self.broker.kafka, [*topics.control_specs(), *extra])
        self.gates: dict[str, subprocess.Popen[bytes]] = {}
        self._stop = threading.Event()
        self._load = threading.Thread(target=self._held, args=(1 / per_s,), daemon=True)

    def _held(self, pause_s: float) -> None:
        wire, offset = Wire(self.broker.kafka), 0
        while not self._stop.wait(pause_s):
            offset += 1
            who = office.verified(f"svc{offset % 500}", "service")
            item = gate_world.item(self.settings, offset, tier="standard", requester=who, key=b"k%d" % offset)
            wire.send(topics.REQUESTS, item, None, 60)
        wire.close()

    def start(self, name: str) -> None:
        """Start a gate; it stands by where the other is active."""
        pipeline = self.settings.pipeline.model_copy(update={"instance": name})
        with self.log(name).open("ab") as out:
            command = [sys.executable, "-m", "maskgate.supervise.role", "gate"]
            gate = self.gates[name] = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=out)
        assert gate.stdin is not None
        gate.stdin.write(to_json(self.settings.model_copy(update={"pipeline": pipeline})).encode())
        gate.stdin.close()

    def log(self, name: str) -> Path:
        """What a gate says."""
        return self.folder / f"gate-{name}.log"

    def lines(self, name: str, event: str) -> list[str]:
        """Its lines of one event; their texts begin with the time."""
        path = self.log(name)
        return [x for x in path.read_text().splitlines() if f'"event": "{event}"' in x] if path.exists() else []

    def active(self) -> str:
        """The gate that took over last."""
        return max(self.gates, key=lambda name: (self.lines(name, "restored") or [""])[-1])

    def events_after(self, ms: int) -> int:
        """The append time of the first event behind an instant; 0 where there is none yet."""
        found = [m.timestamp()[1] for m in admin.read_to_end(self.broker.kafka, [topics.LOG])]
        return min((at for at in found if at > ms), default=0)

    def round(self) -> float:
        """Kill the active gate; seconds until the log goes on."""
        name = self.active()
        killed = self.gates[name]
        killed.send_signal(signal.SIGKILL)
        at = int(time.time() * 1000)
        killed.wait()
        until = time.monotonic() + PATIENCE_S
        while not (first := self.events_after(at + _LATE_MS)):
            if time.monotonic() > until:
                raise SystemExit(f"nobody took over in {PATIENCE_S:.0f} s; see {self.folder}")
            time.sleep(0.2)
        self._back(name)
        return (first - at) / 1000

    def _back(self, name: str) -> None:
        before = len(self.lines(name, "started"))
        self.start(name)
        while len(self.lines(name, "started")) == before:
            time.sleep(0.1)

    def run(self, kills: int) -> dict[str, object]:
        """The figures."""
        self._load.start()
        for name in ("one", "two"):
            self._back(name)
        while not self.events_after(0):
            time.sleep(0.2)
        took = [self.round() for _ in range(kills)]
        restored = sum(len(self.lines(name, "restored")) for name in self.gates)
        return {
            "kills": kills,
            "median_s": round(statistics.median(took), 1),
            "worst_s": round(max(took), 1),
            "take_overs": restored,
            "each_s": [round(s, 1) for s in took],
        }

    def close(self) -> None:
        """End all of it."""
        self._stop.set()
        self._load.join(70)
        for gate in self.gates.values():
            gate.kill()
            gate.wait()
        self.broker.stop()


def main() -> None:
    """Run and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--busy", type=int, default=2, help="processes that keep the cores busy")
    asked.add_argument("--per-s", type=float, default=20.0, help="records that are held a second")
    given = asked.parse_args()
    spin = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(given.busy)]
    pair = None
    try:
        pair = Pair(Path(tempfile.mkdtemp(prefix="maskgate-takeover-")), given.per_s)
        print(json.dumps(pair.run(given.kills) | {"busy": given.busy, "per_s": given.per_s}))
    finally:
        for process in spin:
            process.kill()
            process.wait()
        if pair is not None:
            pair.close()


if __name__ == "__main__":
    main()
