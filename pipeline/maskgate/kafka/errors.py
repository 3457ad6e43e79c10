"""How a role ends: what a restart cures soon, what only a person can mend, and what must not be tried often."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

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


def no_such_topic(topic: str, have: Iterable[str]) -> Unrecoverable:
    """The error for a topic that the broker does not have: what was probably meant, or how to make it."""
    near = difflib.get_close_matches(topic, list(have), n=1, cutoff=0.7)
    meant = f"did you mean '{near[0]}'? " if near else ""
    return Unrecoverable(
        f"{topic}: no such topic; {meant}`maskgate topics create` makes those of pipeline.topics and of maskgate itself"
    )
