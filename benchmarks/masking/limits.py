"""The other figures: memory of a 10 MB record, the pause of a reload, and valid outputs of the five profiles.

.venv/bin/python benchmarks/masking/limits.py memory [--mb 10]
.venv/bin/python benchmarks/masking/limits.py reload [--rules 10 100 1000]
.venv/bin/python benchmarks/masking/limits.py profiles [--events 100000]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from maskgate.base.config import Settings
from maskgate.base.records import Masked, Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import PolicyHolder, load_policy
from maskgate.policy.source import PROFILES
from maskgate_detectors import Engine


def peak() -> int:
    """Most bytes that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def memory(mb: int) -> dict[str, Any]:
    """Growth of the peak while a record of ``mb`` megabytes is detected and masked, over the record's size."""
    policy = load_policy(None)
    settings = Settings.model_validate({"worker": {"max_record_bytes": "64MiB", "max_nodes": 10_000_000}})
    engine = Engine(replace(policy.engine_config(settings), model="none", time_budget_s=600.0))
    masker = Masker(policy, Keyring.fresh(), engine)
    masker.batch([Record("t", 0, 0, b'{"m":"a@acme-corp.com"}')])
    out: dict[str, Any] = {}
    unit = b'{"email":"user%06d@acme-corp.com","text":"status ok, nothing to see here, all is well","n":%d}'
    many = b"[" + b",".join(unit % (i, i) for i in range(mb * 11_000)) + b"]"
    shapes = {
        "one long text": b'{"log":"' + b"GET /index.html 200 status ok; " * (mb * 34_000) + b'"}',
        "one long text with escapes": b'{"log":"' + "Übergröße\\n ok ok ok ok ok; ".encode() * (mb * 34_000) + b'"}',
        "many objects": many,
    }
    for name, raw in shapes.items():
        before = peak()
        started = time.process_time()
        outcome = masker.batch([Record("t", 0, 0, raw)])[0]
        out[name] = {
            "MB": round(len(raw) / 1e6, 1),
            "outcome": type(outcome).__name__,
            "peak_growth_over_record": round((peak() - before) / len(raw), 2),
            "cpu_s": round(time.process_time() - started, 2),
        }
    return out


def reload(counts: list[int]) -> dict[str, Any]:
    """How long ``poll`` takes with a changed file, and with an unchanged one."""
    out: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            file = Path(folder) / "p.yaml"
            rules = "".join(f"  - {{id: r{i}, path: /a{i}/**, entity: PERSON, action: redact}}\n" for i in range(count))
            file.write_text(f"id: p\nextends: gdpr\nrules:\n{rules}")
            holder = PolicyHolder(file)
            times = []
            for turn in range(5):
                file.write_text(f"id: p\nextends: gdpr\nrules:\n{rules}# {turn}\n")
                change, longest, total = None, 0.0, time.perf_counter()
                while change is None:  # the loop stands for a worker: the longest poll is its pause
                    started = time.perf_counter()
                    change = holder.poll()
                    longest = max(longest, time.perf_counter() - started)
                assert change.accepted
                times.append((longest, time.perf_counter() - total))
            started = time.process_time()
            for _ in range(1000):
                holder.poll()
            idle = (time.process_time() - started) / 1000
            out[f"{count} rules"] = {
                "pause_ms": round(min(t[0] for t in times) * 1e3, 1),
                "until_in_force_ms": round(min(t[1] for t in times) * 1e3, 1),
                "idle_poll_us": round(idle * 1e6, 1),
            }
    return out


def profiles(events: int) -> dict[str, Any]:
    """Records of each profile's masked events that are not JSON, or were not masked at all."""
    path = Path(__file__).parents[1] / "detection_speed" / "events.py"
    spec = importlib.util.spec_from_file_location("detection_events", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    engine = Engine(replace(load_policy(None).engine_config(), model="none", time_budget_s=60.0))
    keyring = Keyring.fresh()
    out: dict[str, Any] = {}
    for name in PROFILES:
        masker = Masker(load_policy(name), keyring, engine)
        invalid = quarantined = masked = 0
        batch: list[Record] = []
        started = time.process_time()
        for i, value in enumerate(module.events(events, seed=11, texts=module.text)):
            batch.append(Record("t", 0, i, value))
            if len(batch) == 64 or i == events - 1:
                for outcome in masker.batch(batch):
                    if not isinstance(outcome, Masked):
                        quarantined += 1
                        continue
                    masked += bool(outcome.fields)
                    try:
                        orjson.loads(outcome.value or b"")
                    except orjson.JSONDecodeError:
                        invalid += 1
                batch = []
        out[name] = {
            "events": events, "with_fields": masked, "invalid": invalid, "quarantined": quarantined,
            "cpu_s": round(time.process_time() - started, 1),
        }  # fmt: skip
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["memory", "reload", "profiles"])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--mb", type=int, default=10, help="size of a record of memory")
    parser.add_argument("--rules", type=int, nargs="+", default=[10, 100, 1000], help="rules of a policy of reload")
    args = parser.parse_args()
    work = {
        "memory": lambda: memory(args.mb),
        "reload": lambda: reload(args.rules),
        "profiles": lambda: profiles(args.events),
    }
    result = work[args.what]()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
