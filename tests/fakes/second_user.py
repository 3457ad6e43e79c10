"""Another user of the machine, who tries to read what is there. Only root can play him."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_TRY = """
import json, os, sys
folder, user = sys.argv[1], int(sys.argv[2])
names = [os.path.join(at, n) for at, _, files in os.walk(folder) for n in files]  # as root: every file there is
os.setgroups([]); os.setgid(user); os.setuid(user)
found = []
for name in names:
    try:
        open(name, "rb").close()
    except OSError:
        continue
    found.append(name)
print(json.dumps(found))
"""


def readable(folder: Path, user: int) -> set[Path]:
    """Files below a folder that this user can open."""
    done = subprocess.run(
        [sys.executable, "-c", _TRY, str(folder), str(user)], capture_output=True, text=True, check=True, cwd="/"
    )
    return {Path(name) for name in json.loads(done.stdout)}


def open_by_mode(folder: Path) -> set[Path]:
    """Files below a folder whose own mode lets others read them, wherever they lie."""
    return {p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and p.stat().st_mode & 0o044}
