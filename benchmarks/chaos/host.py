"""A host of the pipeline: one ``maskgate run`` with a data folder, a clock and a network place of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.chaos.network import Network

from maskgate.base.config import Settings
from maskgate.supervise import tether
from maskgate.supervise.roles import to_json


def host_names(count: int) -> list[str]:
    """Names of the hosts in the network."""
    return [f"host{n}" for n in range(count)]


def build_clock(folder: Path) -> Path | None:
    """A library that lets the wall clock of a process jump (``clock.c``); None where there is no C compiler."""
    source, library = Path(__file__).with_name("clock.c"), folder / "clock.so"
    with contextlib.suppress(OSError):
        done = subprocess.run(
            ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl", "-pthread"], check=False
        )
        return library if done.returncode == 0 else None
    return None


class Disk:
    """A small file system of its own for a folder, where this user may mount one."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "maskgate-chaos", str(folder)]
        self.real = subprocess.run(mount, check=False, capture_output=True).returncode == 0

    def fill(self) -> None:
        """Leave no byte free."""
        with contextlib.suppress(OSError), (self._folder / ".ballast").open("ab", buffering=0) as out:
            while True:
                out.write(b"\0" * 4096)

    def free(self) -> None:
        """Give the space back."""
        (self._folder / ".ballast").unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount."""
        if self.real:
            subprocess.run(["umount", "-l", str(self._folder)], check=False, capture_output=True)


class Host:
    """A machine of the pipeline; ``look`` starts it again when it ended, as an init system would, and counts that."""

    def __init__(self, name: str, settings: Settings, roles: Sequence[str], network: Network, folder: Path) -> None:
        self.name, self._folder = name, folder
        self.config = folder / "maskgate.json"
        self.config.write_text(to_json(settings))
        self.config.chmod(0o600)
        program = [sys.executable, "-m", "maskgate", "-C", str(self.config), "run", *roles]
        self._command = tether.command([*network.inside(name), *program])
        self._clock = folder / "clock"
        self._library: Path | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.ends: list[int] = []

    def use_clock(self, library: Path) -> None:
        """Let its processes read the time through ``library``."""
        self._library = library
        self._clock.write_bytes(struct.pack("l", 0))

    def jump(self, seconds: int) -> None:
        """Set its clock so far off, at once; monotonic clocks go on."""
        with self._clock.open("r+b") as file:  # the processes have it mapped
            file.write(struct.pack("l", seconds))

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MASKGATE_")}
        if self._library is not None:
            kept |= {"LD_PRELOAD": str(self._library), "CHAOS_CLOCK": str(self._clock)}
        return kept

    def start(self) -> None:
        """Start its supervisor."""
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self._folder, start_new_session=True,
            )  # fmt: skip

    def look(self) -> None:
        """Start it again if it ended by itself; that is counted."""
        if self.process is not None and (code := self.process.poll()) is not None:
            self.ends.append(code)
            self.start()

    def pids(self) -> list[int]:
        """Every process of it, parents first."""
        found = [self.process.pid] if self.process is not None and self.process.poll() is None else []
        for pid in found:
            with contextlib.suppress(OSError):
                found += [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return found

    def role(self, name: str) -> int | None:
        """The process of a role; of ``mask`` the workers' parent."""
        for pid in self.pids():
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if words[-3:-1] == [b"maskgate.supervise.role", name.encode()]:
                    return pid
        return None

    def workers(self) -> list[int]:
        """The mask workers."""
        parent = self.role("mask")
        try:
            return [int(p) for p in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        except OSError:
            return []

    def signal_all(self, sig: signal.Signals) -> None:
        """The same signal to every process of it."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sig)

    def kill(self) -> None:
        """The whole host at once, and it comes back."""
        self.signal_all(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        self.start()

    def stop(self, patience_s: float = 60.0) -> None:
        """End it in order, after a while by force."""
        if self.process is None:
            return
        self.process.terminate()
        until = time.monotonic() + patience_s
        while self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        self.signal_all(signal.SIGKILL)
        self.process.wait()
