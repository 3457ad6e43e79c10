"""How many MB an installation takes: ``python benchmarks/install/run.py [EXTRA …]``.

A fresh environment gets the project and the extras named by pip; the figure is what ``du`` counts beyond the empty one
(byte code included, hard links once).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LIMIT_MB = 450


def megabytes(folder: Path) -> int:
    """What ``du -sm`` says."""
    return int(subprocess.run(["du", "-sm", folder], check=True, capture_output=True, text=True).stdout.split()[0])


def installed(extras: list[str]) -> tuple[int, list[tuple[int, str]]]:
    """The MB of the installation and its largest parts."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        venv.create(home, with_pip=True)
        empty = megabytes(home)
        what = f"{PROJECT}[{','.join(extras)}]" if extras else str(PROJECT)
        subprocess.run([home / "bin" / "pip", "install", "-q", what], check=True)
        packages = next(home.glob("lib/python*/site-packages")).iterdir()
        largest = sorted(((megabytes(path), path.name) for path in packages), reverse=True)
        return megabytes(home) - empty, largest[:12]


def main() -> int:
    """Print the figure; exit 1 where a plain installation is larger than asked."""
    extras = sys.argv[1:]
    total, largest = installed(extras)
    print(f"{'plain' if not extras else ', '.join(extras)}: {total} MB")
    for size, name in largest:
        print(f"  {size:4} {name}")
    return int(not extras and total > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
