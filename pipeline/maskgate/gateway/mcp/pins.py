"""Which tools of a server somebody accepted: a description that changes afterwards is not shown, and not called."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError

INSTRUCTIONS = "#instructions"
"""The name under which the server's own instructions are accepted."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def digest(thing: Any) -> str:
    """Of all that an agent reads of a tool: name, description, parameters, hints."""
    text = json.dumps(thing, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Pins:
    """The accepted tools of one server, in a file of the state folder."""

    def __init__(self, state: Path, server: str) -> None:
        """
        Raises:
            ConfigurationError: that is no name for a server.
        """
        if not _NAME.fullmatch(server):
            raise ConfigurationError(f"--server {server!r}: lower-case letters, digits, '.', '_' and '-', 64 at most")
        self.path = state / "mcp" / f"{server}.json"

    def meet(self, things: Mapping[str, Any]) -> tuple[set[str], list[str]]:
        """The names that may be used now, and those that wait to be accepted.

        What is there when a server is met for the first time is accepted.
        """
        found = {name: digest(thing) for name, thing in things.items()}
        known = self._read()
        if not known:
            self._write(found, {})
            return set(found), []
        accepted = known["accepted"]
        waiting = {name: value for name, value in found.items() if accepted.get(name) != value}
        if waiting != known["waiting"]:
            self._write(accepted, waiting)
        return set(found) - set(waiting), sorted(waiting)

    def waiting(self) -> list[str]:
        """Names that are new or changed since they were accepted."""
        return sorted(self._read().get("waiting", {}))

    def accept(self, names: Iterable[str]) -> list[str]:
        """Accept these as they were seen last; the names that were waiting."""
        known = self._read()
        taken = {name: known["waiting"][name] for name in names if name in known.get("waiting", {})}
        if taken:
            rest = {name: value for name, value in known["waiting"].items() if name not in taken}
            self._write({**known["accepted"], **taken}, rest)
        return sorted(taken)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            tree = json.loads(filemodes.read_secret(self.path))
            if not isinstance(tree["accepted"], dict) or not isinstance(tree["waiting"], dict):
                raise TypeError
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError):
            raise ConfigurationError(
                f"{self.path}: cannot be read as the accepted tools; move it away and the server is met anew"
            ) from None
        return dict(tree)

    def _write(self, accepted: Mapping[str, str], waiting: Mapping[str, str]) -> None:
        filemodes.secret_folder(self.path.parent)
        text = json.dumps({"accepted": accepted, "waiting": waiting}, indent=1, sort_keys=True)
        filemodes.write_secret(self.path, text.encode())
