"""What a receipt costs of a release: the same approved requests through the gate's step, with receipts and without.

    python benchmarks/gate/receipts.py --count 400 --rounds 5

CPU-seconds from the votes to the committed release, on a broker in memory (a real one only makes the rest larger);
pairs in turn, medians. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "fakes"))

import fake_office as office
import gate_world
from gate_run import World

from maskgate.approvals.messages.receipts import HEADER
from maskgate.gate.release import Releaser

POLICY = gate_world.POLICY | {"approvals": office.POLICY | {"caps": {"open_per_requester": 1_000_000}}}


def timed(work: Callable[[], object]) -> float:
    """CPU-seconds of it."""
    began = time.process_time()
    work()
    return time.process_time() - began


def release(folder: Path, count: int, receipts: bool) -> float:
    """CPU-seconds a release, votes of two people included."""
    world = World(folder, policy=POLICY)
    for n in range(count):
        world.hold(run=False, requester=office.verified(f"s{n}", "service"), value=b'{"order": %d}' % n)
    world.run(8)
    for request in world.opened():
        for person in ("anna", "ben"):
            world.vote(request, person, run=False)
    without: Any = mock.patch.object(Releaser, "_receipt", lambda *_: b"")
    if receipts:
        seconds = timed(lambda: world.run(12))
    else:
        with without:
            seconds = timed(lambda: world.run(12))
    out = world.released()
    assert len(out) == count and all(dict(o.headers)[HEADER] or not receipts for o in out)
    world.stop()
    return seconds / count


def main() -> None:
    """Run as told by the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=400, help="Requests a round.")
    parser.add_argument("--rounds", type=int, default=5)
    told = parser.parse_args()
    pairs = []
    for _ in range(told.rounds):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            pairs.append((release(Path(one), told.count, True), release(Path(two), told.count, False)))
    having, lacking = (statistics.median(side) for side in zip(*pairs, strict=True))
    share = statistics.median(a / b - 1 for a, b in pairs)
    print(json.dumps({"release_us": round(having * 1e6), "without_us": round(lacking * 1e6), "share": round(share, 3)}))


if __name__ == "__main__":
    main()
