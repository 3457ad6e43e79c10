"""CPU-seconds of ``maskgate mask`` for one line with prose: ``python benchmarks/install/one_line.py [-n RUNS]``.

Wall time says little on a machine that does other things, and neither do bare CPU-seconds where two processes share a
core: beside the smallest of some runs stands what importing pydantic takes in the same minute, 0.07 s when it is quiet.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

LINE = '{"text": "Please call Maria Schneider in Rotterdam, she works for Northwind Shipping.", "user": "jan.novak"}\n'
LIMIT = 2.0  # CPU-seconds
QUIET = 0.08  # CPU-seconds for pydantic: above it, the machine is busy
MASK = (sys.executable, "-m", "maskgate", "mask", "-q")
UNIT = (sys.executable, "-c", "import pydantic.types")


def spent(command: tuple[str, ...], environment: dict[str, str]) -> float:
    """CPU-seconds of a command that reads the line."""
    before = os.times()
    subprocess.run(command, input=LINE, text=True, capture_output=True, check=True, env=environment)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def measured(runs: int) -> tuple[float, float]:
    """The smallest CPU-seconds of masking the line and of importing pydantic, with byte code as after a first call."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    spent(MASK, environment)
    pairs = [(spent(MASK, environment), spent(UNIT, environment)) for _ in range(runs)]
    return min(mask for mask, _ in pairs), min(unit for _, unit in pairs)


def main() -> int:
    """Print both; exit 1 where the line takes longer than asked, as a quiet machine would count it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--runs", type=int, default=5)
    mask, unit = measured(parser.parse_args().runs)
    quiet = mask * min(1.0, QUIET / unit)
    print(f"one line with prose: {mask:.2f} CPU-s, {mask / unit:.1f} imports of pydantic ({unit:.2f} CPU-s)")
    print(f"on a quiet machine about {quiet:.2f} CPU-s; asked: {LIMIT:.0f}; load {os.getloadavg()[0]:.1f}")
    return int(quiet > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
