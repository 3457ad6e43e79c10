"""How a command reaches the console, and with which key; without a desk, so that asking for a permit starts at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from maskgate.base import config
from maskgate.base.errors import ConfigurationError
from maskgate.crypto.signers import open_signer


class Way:
    """How this call reaches the requests, and with which key."""

    def __init__(self, config_file: str | None, key_file: str | None, url: str | None, direct: bool) -> None:
        self.settings, _ = config.load(config_file)
        self.signer = _load_signer(key_file) if key_file else None
        self.url = url or f"http://localhost:{self.settings.console.port}"
        self.direct = direct

    def must_sign(self) -> Any:
        """The reviewer's key.

        Raises:
            ConfigurationError: none was given.
        """
        if self.signer is None:
            raise ConfigurationError("give your key: --key FILE, or MASKGATE_KEY")
        return self.signer


def gate_key_file(config_file: str | None, given: Path | None) -> Path:
    """The file of the gate's public key: the given one, else that of this host's state folder.

    Raises:
        ConfigurationError: it is not there.
    """
    settings, _ = config.load(config_file)
    path = given or settings.pipeline.state_dir / "keys" / "gate.pub"
    if not path.exists():
        raise ConfigurationError(f"{path}: no such file; give the gate's public key with --gate-key")
    return path


def _load_signer(spec: str) -> Any:
    """The key that --key names; a passphrase is asked for on the terminal, or taken from MASKGATE_KEY_PASSPHRASE."""

    def passphrase(path: Path) -> str:
        given = os.environ.get("MASKGATE_KEY_PASSPHRASE")
        return given or str(click.prompt(f"Passphrase of {path}", hide_input=True, err=True))

    if not spec.startswith("agent:") and not Path(spec).exists():
        raise ConfigurationError(f"{spec}: no such key file")
    return open_signer(spec, passphrase)
