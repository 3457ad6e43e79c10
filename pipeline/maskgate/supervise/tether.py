"""Run a program that ends when its parent ends: ``python -m maskgate.supervise.tether PPID SIGNAL PROGRAM ARG…``.

A broker or a role must not outlive a supervisor that was killed. The kernel sends the signal when the parent dies;
the check of the parent's id closes the moment between the fork and the request.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def command(program: Sequence[str], sig: signal.Signals = signal.SIGTERM) -> list[str]:
    """The command line that runs ``program`` tied to this process."""
    if sys.platform != "linux":
        return list(program)
    return [sys.executable, "-m", "maskgate.supervise.tether", str(os.getpid()), str(int(sig)), *program]


def tie(parent: int, sig: int) -> None:
    """Ask the kernel for ``sig`` when ``parent`` dies; exit at once if it is dead already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, sig, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def main() -> None:
    """Tie this process to its parent, then become the program."""
    tie(int(sys.argv[1]), int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
