"""Seconds from a fresh clone to the review page, by phase: ``python benchmarks/install/first_page.py``.

What pip has fetched before is not fetched again: a second run counts no download. CPU-seconds stand beside wall time,
and the load of the machine beside both: only a quiet machine says anything about the sum.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LIMIT_S = 90.0


def timed(name: str, work: Callable[[], object]) -> float:
    """Print wall and CPU-seconds of a phase; its wall time."""
    cpu, start = os.times(), time.perf_counter()
    work()
    wall, after = time.perf_counter() - start, os.times()
    spent = after.children_user + after.children_system - cpu.children_user - cpu.children_system
    print(f"{name:28} {wall:6.1f} s  {spent:6.1f} CPU-s", flush=True)
    return wall


def page_answers(maskgate: list[str | Path], folder: Path, patience_s: float) -> float:
    """Start the demo and ask for the review page until it is there; the seconds that took."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*maskgate, "demo", "--port", str(port)]
    with (folder / "demo.log").open("wb") as log:
        demo = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    start = time.perf_counter()
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                    return time.perf_counter() - start
            except (urllib.error.URLError, OSError):
                if demo.poll() is not None or time.perf_counter() - start > patience_s:
                    raise SystemExit((folder / "demo.log").read_text(errors="replace")[-2000:]) from None
            time.sleep(0.1)
    finally:
        os.killpg(demo.pid, signal.SIGINT)
        demo.wait(timeout=60)


def main() -> int:
    """Print the phases and the sum; exit 1 where it is more than asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patience", type=float, default=300.0, help="seconds to wait for the page")
    parser.add_argument("--here", action="store_true", help="only the demo, by the environment that runs this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, page, total = Path(name) / "maskgate", [], 0.0
        program: list[str | Path] = [folder / ".venv" / "bin" / "maskgate"]
        if options.here:
            folder.mkdir()
            program = [sys.executable, "-m", "maskgate"]
        else:
            total += timed("clone", lambda: subprocess.run(["git", "clone", "-q", PROJECT, folder], check=True))
            total += timed("make: .venv", lambda: subprocess.run(["make", "-s", ".venv/.run"], cwd=folder, check=True))
        timed("demo, until it was ended", lambda: page.append(page_answers(program, folder, options.patience)))
        total += page[0]
    print(f"{'demo, until the page':28} {page[0]:6.1f} s")
    print(f"{'together':28} {total:6.1f} s, asked: {LIMIT_S:.0f} on a quiet machine; load {os.getloadavg()[0]:.1f}")
    return int(total > LIMIT_S and not options.here)


if __name__ == "__main__":
    sys.exit(main())
