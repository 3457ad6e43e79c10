"""A command line as the thing that people approve: what it is called with, and the file that would run."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click

from maskgate.base.errors import RefusedError
from maskgate.client import Approval, Client
from maskgate.crypto import canonical

VERB = "process.exec"
_OURS = ("MASKGATE_KEY", "MASKGATE_KEY_PASSPHRASE")  # no business of the command


@dataclass(frozen=True, slots=True)
class Command:
    """One command line in one folder, with the program that its name stands for now."""

    argv: tuple[str, ...]
    folder: str
    program: str
    digest: str

    @classmethod
    def of(cls, argv: Sequence[str]) -> Command:
        """
        Raises:
            UsageError: there is no such program.
        """
        found = shutil.which(argv[0])
        if found is None:
            raise click.UsageError(f"{argv[0]}: no such program; give a command after --")
        program = Path(found).resolve()
        try:
            digest = hashlib.sha256(program.read_bytes()).hexdigest()
        except OSError as error:
            raise click.UsageError(f"{program}: cannot be read: {error.strerror}") from None
        return cls(tuple(argv), str(Path.cwd()), str(program), digest)

    @property
    def arguments(self) -> dict[str, object]:
        """What reviewers see and the permit covers."""
        return {"argv": list(self.argv), "cwd": self.folder, "program": self.program, "sha256": self.digest}

    def run(self, client: Client, approval: Approval, verb: str) -> NoReturn:
        """Spend the permit, then become the command: its exit code is ours.

        Raises:
            PermitRefused: the permit is spent, too late, or for something else.
            RefusedError: the program's file is another one than people approved; nothing was spent.
        """
        if Command.of(self.argv) != self:
            raise RefusedError("changed", f"{self.program} changed while people decided; nothing was run, ask again")
        text = canonical.snapshot(self.arguments)
        if client.gate_key is not None:
            client.check(approval.permit, text, verb)
        client.redeem(approval.permit, text, verb)
        left = {name: value for name, value in os.environ.items() if name not in _OURS}
        os.execve(self.program, list(self.argv), left)  # noqa: S606 - exactly what was approved, by no shell
