"""Print how many events a CPU-second the engine scans, and the ratio to a bare ``orjson`` loads and dumps.

    python benchmarks/detection_speed/run.py [--real FOLDER] [--peers /path/to/venv/bin/python] [--check]

``--real`` names a folder with events of real systems, one ``*.ndjson`` file a kind; they lead the figures, since the
layouts of the synthetic events below them were made together with the code.

Each figure is the median of rounds in which the engine and orjson take turns on the same events (CPU time of one
process). ``--peers`` names a Python that has presidio-analyzer, scrubadub or datafog; each is run on the same
events by ``peers.py``. ``--check`` exits with 1 where a figure is below its target.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).parent))
import events as made
import real

from maskgate_detectors import Engine, EngineConfig

BATCH = 64
TURN = 512  # events that one of the two scans before it is the turn of the other
TARGETS = {
    "first contact, rules": 0.012, "known paths, rules": 0.025, "repeated, rules": 0.04, "worst kind, rules": 0.02,
    "known paths, model": 0.015,
    "known shapes": 0.072, "unseen shapes": 0.06, "distinct text": 500.0, "repeating text": 1800.0,
}  # fmt: skip


def cpu(work: Callable[[], object]) -> float:
    """CPU-seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def scan(engine: Engine, data: list[bytes]) -> int:
    """Scan all events in batches; the number of findings."""
    found = 0
    for at in range(0, len(data), BATCH):
        for result in engine.batch(data[at : at + BATCH]):
            if result.error:
                raise SystemExit(f"an event was refused: {result.error} {result.detail}")
            found += len(result.findings)
    return found


def bare(data: list[bytes]) -> None:
    """What every pipeline pays at least."""
    for record in data:
        orjson.dumps(orjson.loads(record))


def measure(engine: Engine, make: Callable[[int], list[bytes]], rounds: int) -> tuple[float, float, float]:
    """(events a CPU-second, ratio to orjson, findings an event): medians of rounds with events of their own.

    Within a round the two take turns batch by batch, so that a busy machine slows both.
    """
    speeds, ratios, found, count = [], [], 0, 0
    for number in range(rounds):
        data = make(number)
        ours = theirs = 0.0
        for at in range(0, len(data), TURN):
            part = data[at : at + TURN]
            theirs += cpu(lambda part=part: bare(part))
            start = time.process_time()
            found += scan(engine, part)
            ours += time.process_time() - start
        count += len(data)
        speeds.append(len(data) / ours)
        ratios.append(theirs / ours)
    return statistics.median(speeds), statistics.median(ratios), found / count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=4000)
    parser.add_argument("--texts", type=int, default=1500)
    parser.add_argument("--model", default="en_core_web_sm")
    parser.add_argument("--prefilter", default="auto", choices=("auto", "hyperscan", "re2"))
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()

    low = _real(options, "none") if options.real else []
    if options.real and not options.no_model:
        low += _real(options, options.model)
    rules = Engine(EngineConfig(model="none", prefilter=options.prefilter))
    rules.warm()
    sample = list(made.events(500, seed=1))
    print(f"event: {sum(map(len, sample)) / len(sample):.0f} bytes; engine: {rules.versions}")
    for _ in range(3):
        scan(rules, list(made.events(options.events, seed=7)))
    rows: list[tuple[str, float, float, float]] = []

    def row(name: str, engine: Engine, make: Callable[[int], list[bytes]], rounds: int) -> None:
        rows.append((name, *measure(engine, make, rounds)))
        name, speed, ratio, found = rows[-1]
        print(f"{name:16} {speed:9.0f} events/CPU-s   {ratio:.4f} of orjson   {found:.2f} findings/event", flush=True)

    count, size = options.events, options.texts
    row("known shapes", rules, lambda n: known(count, n), options.rounds)
    row("unseen shapes", rules, lambda n: unseen(count // 2, n), options.rounds)
    if not options.no_model:
        full = Engine(EngineConfig(model=options.model, prefilter=options.prefilter))
        full.warm()
        for _ in range(2):
            scan(full, list(made.events(count, seed=200, texts=made.repeating_texts(0, 30))))
        row("distinct text", full, lambda n: with_text(size, 200 + n, made.text), 3)
        row("repeating text", full, lambda n: with_text(size, 300 + n, made.repeating_texts(n, size * 27 // 100)), 3)
    if options.peers:
        with tempfile.NamedTemporaryFile("wb", suffix=".ndjson") as file:
            file.write(b"\n".join(made.events(40, seed=400, texts=made.text)))
            file.flush()
            subprocess.run([options.peers, Path(__file__).with_name("peers.py"), file.name], check=True)
    print(
        json.dumps(
            {name: {"events_per_cpu_s": round(speed), "ratio": round(ratio, 4)} for name, speed, ratio, _ in rows}
        )
    )
    if not options.check:
        return 0
    low += [f"{n} ({TARGETS[n]})" for n, speed, ratio, _ in rows if (ratio if TARGETS[n] < 1 else speed) < TARGETS[n]]
    for name in low:
        print(f"below its target: {name}", file=sys.stderr)
    return 1 if low else 0


def _real(options: argparse.Namespace, model: str) -> list[str]:
    """Print the figures on real events; the names of those below their target."""

    def fresh() -> Engine:
        engine = Engine(EngineConfig(model=model, prefilter=options.prefilter))
        engine.warm()
        return engine

    rows = real.measure(fresh, real.kinds(options.real), options.rounds)
    print(f"real events, model {model}\n\n{real.table(rows)}\n", flush=True)
    slowest = real.worst(rows)
    print(f"slowest when repeated: {slowest.name}, {slowest.orjson / slowest.states[2]:.4f} of orjson\n")
    ratios = [rows[-1].orjson / spent for spent in rows[-1].states]
    names = [f"{name}, {'rules' if model == 'none' else 'model'}" for name in real.STATES]
    if model == "none":
        names.append("worst kind, rules")
        ratios.append(slowest.orjson / slowest.states[2])
    return [f"{n} ({TARGETS[n]})" for n, ratio in zip(names, ratios, strict=True) if ratio < TARGETS.get(n, 0.0)]


def known(count: int, number: int) -> list[bytes]:
    """Events of the 200 shapes that the engine has seen, with values that it has not."""
    return list(made.events(count, seed=7, values=1000 + number))


def unseen(count: int, number: int) -> list[bytes]:
    """Events of shapes that come once each."""
    return list(made.events(count, seed=100 + number, fresh_shapes=True))


def with_text(count: int, number: int, texts: Callable[[random.Random], str]) -> list[bytes]:
    """Events of known shapes with a text each."""
    return list(made.events(count, seed=200, values=number, texts=texts))


if __name__ == "__main__":
    sys.exit(main())
