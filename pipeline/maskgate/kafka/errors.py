"""How a role ends: what a restart cures soon, what only a person can mend, and what must not be tried often."""

from __future__ import annotations

from maskgate.base.errors import WorldError

RESTART = 75
"""Exit code of a role that stopped so that its supervisor starts it again (``EX_TEMPFAIL``)."""
CREDENTIALS = 77
"""Exit code of a role whose credentials the broker refused (``EX_NOPERM``): trying often would lock the account."""


class Unrecoverable(WorldError):
    """The world is wrong until a person mends it: rights, a missing topic (exit 3); tried again with long pauses."""


class CredentialsRefused(Unrecoverable):
    """The broker knows us not; tried again after a minute at the earliest."""


def exit_code(error: BaseException) -> int:
    """What a supervised role exits with after ``error``; see :mod:`maskgate.supervise.pause`."""
    if isinstance(error, CredentialsRefused):
        return CREDENTIALS
    if isinstance(error, Unrecoverable):
        return 3
    if isinstance(error, WorldError):
        return RESTART
    return getattr(error, "exit_code", RESTART)
