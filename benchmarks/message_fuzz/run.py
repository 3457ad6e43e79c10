"""Mutations of every kind of message that the gate reads, through whole gates: does one stop, or stop its successor?

python benchmarks/message_fuzz/run.py --count 1000000 --seed 1
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "fakes"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from fakes.message_fuzz import Report, run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    def told(report: Report) -> None:
        if report.sent % 100_000 == 0:
            rate = report.sent / time.process_time()
            print(
                f"{report.sent} sent, {rate:.0f} a CPU second, {len(report.stops)} stops",
                file=sys.__stderr__,
                flush=True,
            )

    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):  # the gates' own lines
        report = run(options.count, options.seed, told)
    print(
        json.dumps(
            {
                "mutations": report.sent,
                "by_kind": dict(report.by_kind),
                "refused": sum(report.refused.values()),
                "states_compared": report.compared,
                "gates_restarted_from_their_log": report.restarts,
                "gate_exits": len(report.stops),
                "first_exits": report.stops[:5],
                "cpu_seconds": round(time.process_time(), 1),
                "mutations_per_cpu_second": round(report.sent / time.process_time()),
            },
            indent=1,
        )
    )
    return 1 if report.stops else 0


if __name__ == "__main__":
    raise SystemExit(main())
