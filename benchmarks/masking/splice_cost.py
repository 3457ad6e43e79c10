"""CPU that splicing and operators add to detection, and what 1,000 rules cost over 10.

.venv/bin/python benchmarks/masking/splice_cost.py [--events 10000] [--rounds 3] [--policy default,gdpr]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from maskgate.base.records import Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import load_policy
from maskgate_detectors import Engine, Scan

BATCH = 64


class Replay:
    """An engine that answers from what the real one found: what is left is the masker's own cost."""

    def __init__(self, found: dict[bytes, Scan]) -> None:
        self.found = found

    def batch(self, records: Sequence[bytes]) -> list[Scan]:
        return [self.found[r] for r in records]

    def scan_text(self, text: str, key: str | None = None) -> list[Any]:
        return []


def cpu(make: Callable[[], Callable[[], None]], rounds: int) -> float:
    """The least CPU seconds of a round: noise only adds. Each round gets fresh caches from ``make``."""
    best = float("inf")
    for _ in range(rounds):
        work = make()
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def over(batches: list[list[Any]], call: Callable[[list[Any]], object]) -> Callable[[], None]:
    def work() -> None:
        for batch in batches:
            call(batch)

    return work


def many_rules(count: int, folder: Path) -> Path:
    """A policy with so many rules; the events match the last ones."""
    lines = ["version: 1", f"id: rules-{count}", "default: replace", "rules:"]
    for i in range(count - 4):
        lines.append(
            f"  - {{id: r{i}, path: '/p{i % 50}/**/f{i}', entity: [KIND_{i % 20}, EMAIL_ADDRESS], action: redact}}"
        )
    lines += [
        "  - {id: mail, entity: EMAIL_ADDRESS, action: tokenize}",
        "  - {id: name, entity: PERSON, action: pseudonym}",
        "  - {id: card, entity: CREDIT_CARD, action: {operator: partial, keep_last: 4}}",
        "  - {id: phone, entity: PHONE_NUMBER, action: hash}",
    ]
    path = folder / f"{count}.yaml"
    path.write_text("\n".join(lines))
    return path


def detection_events() -> Any:
    """The module of the detection benchmark that makes events."""
    path = Path(__file__).parents[1] / "detection_speed" / "events.py"
    spec = importlib.util.spec_from_file_location("detection_events", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--policy", default="default,gdpr,dev-copy")
    args = parser.parse_args()
    make = detection_events()
    keyring = Keyring.fresh()
    plain = list(make.events(args.events, seed=1))
    notes = list(make.events(args.events, seed=1, texts=make.repeating_texts(5, int(args.events * 0.27))))
    report: dict[str, Any] = {}
    for name, data, model in (("no prose", plain, "none"), ("prose", notes, "default")):
        engine = Engine(replace(load_policy(None).engine_config(), model=model))
        over([data[i : i + BATCH] for i in range(0, 1000, BATCH)], engine.batch)()
        report[name] = {"bytes": round(sum(map(len, data)) / len(data)), "model": model}
        report[name]["unique"] = measure(engine, data, keyring, args)
        report[name]["repeating"] = measure(engine, repeating(data), keyring, args)
    print(json.dumps(report, indent=2))


def repeating(data: list[bytes]) -> list[bytes]:
    """The same number of events, drawn so that few customers make most of them (Zipf)."""
    draw = random.Random(2)
    weights = [1 / (i + 1) for i in range(len(data))]
    return draw.choices(data, weights, k=len(data))


def measure(engine: Engine, data: list[bytes], keyring: Keyring, args: argparse.Namespace) -> dict[str, Any]:
    """Detection alone, masking alone, and how the number of rules matters."""
    chunks = [data[i : i + BATCH] for i in range(0, len(data), BATCH)]
    found: dict[bytes, Scan] = {}
    for chunk in chunks:
        found.update(zip(chunk, engine.batch(chunk), strict=True))
    detect = cpu(lambda: over(chunks, engine.batch), args.rounds) / len(data) * 1e6
    records = [[Record("orders", 0, i, v) for i, v in enumerate(chunk)] for chunk in chunks]

    def masking(path: Any) -> float:
        def make() -> Callable[[], None]:
            masker = Masker(load_policy(path), keyring, Replay(found))
            masker.batch([Record("orders", 0, 0, data[0])])
            return over(records, masker.batch)

        return cpu(make, args.rounds) / len(data) * 1e6

    own = {name: masking(name) for name in args.policy.split(",")}
    with TemporaryDirectory() as folder:
        ten, thousand = (masking(many_rules(n, Path(folder))) for n in (10, 1000))
    return {
        "findings_per_event": round(sum(len(found[e].findings) for e in data) / len(data), 2),
        "detection_us": round(detect, 1),
        "masking_us": {k: round(v, 1) for k, v in own.items()},
        "added": {k: round(v / detect, 3) for k, v in own.items()},
        "rules_10_us": round(ten, 1),
        "rules_1000_us": round(thousand, 1),
        "rules_1000_over_10": round((detect + thousand) / (detect + ten) - 1, 4),
    }


if __name__ == "__main__":
    main()
