"""A network of this machine for the run: one namespace for each broker and host, and a switch between them.

Everything is made by :meth:`Network.up` and taken away by :meth:`Network.down`; nothing else of the machine is touched.
Where that is not allowed, all processes share the loopback and cuts are left out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

_NET = "10.203.77"
_FIRST = 11


def _ip(*words: str, check: bool = True) -> bool:
    done = subprocess.run(["ip", *words], check=False, capture_output=True, text=True)
    if check and done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.returncode == 0


class Network:
    """Namespaces by name; ``real`` tells whether there are any."""

    def __init__(self, names: Sequence[str]) -> None:
        self._tag = f"mgc{os.getpid() % 100_000}"
        self._names = list(names)
        self.real = False

    def up(self) -> bool:
        """Make them; false where this user or machine cannot."""
        try:
            _ip("link", "add", self._switch, "type", "bridge")
            _ip("addr", "add", f"{_NET}.1/24", "dev", self._switch)
            _ip("link", "set", self._switch, "up")
            for name in self._names:
                self._join(name)
        except OSError:
            self.down()
            return False
        self.real = True
        return True

    @property
    def _switch(self) -> str:
        return f"{self._tag}s"

    def _space(self, name: str) -> str:
        return f"{self._tag}-{name}"

    def _port(self, name: str) -> str:
        return f"{self._tag}p{self._names.index(name)}"

    def _join(self, name: str) -> None:
        space, port = self._space(name), self._port(name)
        _ip("netns", "add", space)
        _ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("link", "set", port, "master", self._switch, "up")
        _ip("-n", space, "addr", "add", f"{self.address(name)}/24", "dev", "eth0")
        _ip("-n", space, "link", "set", "eth0", "up")
        _ip("-n", space, "link", "set", "lo", "up")

    def address(self, name: str) -> str:
        """The address that others reach it by."""
        return f"{_NET}.{_FIRST + self._names.index(name)}" if self.real or self._there() else "127.0.0.1"

    def _there(self) -> bool:
        return os.path.exists(f"/sys/class/net/{self._switch}")

    def inside(self, name: str) -> list[str]:
        """What to put before a command so that it runs there."""
        return ["ip", "netns", "exec", self._space(name)] if self.real else []

    def cut(self, name: str) -> None:
        """No packet reaches it or leaves it from now on; nobody is told."""
        _ip("link", "set", self._port(name), "down")

    def mend(self, name: str) -> None:
        """The cable is back."""
        _ip("link", "set", self._port(name), "up")

    def down(self) -> None:
        """Take everything away that :meth:`up` made."""
        for name in self._names:
            _ip("link", "del", self._port(name), check=False)
            _ip("netns", "del", self._space(name), check=False)
        _ip("link", "del", self._switch, check=False)
        self.real = False
