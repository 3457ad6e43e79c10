"""The key that a command line names: a file, or one that an ssh-agent holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from maskgate.base.errors import ConfigurationError
from maskgate.crypto import signing, ssh_agent


def open_signer(spec: str, passphrase: Callable[[Path], str]) -> signing.Signer:
    """The key that a command line names: ``FILE.pem``, ``agent:FILE.pub``, or ``agent:`` for the agent's only key.

    ``passphrase`` is asked for a key file that needs one.

    Raises:
        ConfigurationError: the key cannot be used.
    """
    if spec.startswith("agent:"):
        named = spec.removeprefix("agent:")
        return ssh_agent.pick(signing.load_public(Path(named)) if named else None)
    path = Path(spec)
    try:
        locked = signing.is_locked(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot read the key: {error.strerror}") from None
    return signing.load_signer(path, passphrase(path) if locked else None)
