"""How many MB an installation takes: ``python benchmarks/install/run.py [EXTRA …]``.

A fresh environment gets the project and the extras named by pip; the figure is what ``du`` counts beyond the empty one
(byte code included, hard links once).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LIMIT_MB = 450


def megabytes(folder: Path) -> int:
    """What ``du -sm`` says."""
    return int(subprocess.run(["du", "-sm", folder], check=True, capture_output=True, text=True).stdout.split()[0])


def largest(packages: Path) -> list[tuple[int, str]]:
    """The largest parts of an environment."""
    return sorted(((megabytes(path), path.name) for path in packages.iterdir()), reverse=True)[:12]


def installed(extras: list[str]) -> tuple[int, list[tuple[int, str]]]:
    """The MB of a fresh installation and its largest parts."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        venv.create(home, with_pip=True)
        empty = megabytes(home)
        what = f"{PROJECT}[{','.join(extras)}]" if extras else str(PROJECT)
        subprocess.run([home / "bin" / "pip", "install", "-q", what], check=True)
        return megabytes(home) - empty, largest(next(home.glob("lib/python*/site-packages")))


def main() -> int:
    """Print the figure; exit 1 where a plain installation is larger than asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extras", nargs="*", metavar="EXTRA", help="none: a plain installation")
    parser.add_argument(
        "--here", action="store_true", help="measure the environment that runs this, and install nothing"
    )
    options = parser.parse_args()
    if options.here:
        name, packages = "this environment", Path(sysconfig.get_path("purelib"))
        total, parts = megabytes(packages), largest(packages)
    else:
        name = ", ".join(options.extras) or "plain"
        total, parts = installed(options.extras)
    print(f"{name}: {total} MB")
    for size, part in parts:
        print(f"  {size:4} {part}")
    return int(name == "plain" and total > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
