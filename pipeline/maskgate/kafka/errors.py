"""How a role ends: which failures a restart can cure, and which only a person can."""

from __future__ import annotations

from maskgate.base.errors import WorldError

RESTART = 75
"""Exit code of a role that stopped so that its supervisor starts it again (``EX_TEMPFAIL``)."""


class Unrecoverable(WorldError):
    """The world is wrong in a way that a restart does not cure: rights, credentials, an unknown topic (exit 3)."""


def exit_code(error: BaseException) -> int:
    """What a supervised role exits with after ``error``: a number below 4 means "do not restart"."""
    if isinstance(error, Unrecoverable):
        return 3
    if isinstance(error, WorldError):
        return RESTART
    return getattr(error, "exit_code", RESTART)
