"""How long a dead process rests before it is started again, by what it died of.

A process alone does not say whether its trouble is over: so nothing is given up, and nothing is tried so often that it
does harm. Only a configuration that no process at all can use is for the caller to end on.
"""

from __future__ import annotations

from dataclasses import dataclass

from maskgate.kafka.errors import CREDENTIALS

SOON_S = (0.2, 5.0)
"""First and longest pause after a crash, a kill or an error of the broker."""
PERSON_S = (2.0, 60.0)
"""After what a person has to mend: configuration (2), rights or missing topics (3)."""
CREDENTIALS_S = (60.0, 600.0)
"""After refused credentials."""
CONFIGURATION = 2


def bounds(code: int) -> tuple[float, float]:
    """First and longest pause after this exit code."""
    if code == CREDENTIALS:
        return CREDENTIALS_S
    return PERSON_S if code in (1, 2, 3) else SOON_S


@dataclass(slots=True)
class Pause:
    """The pauses of one process: each failure of a kind doubles the next, a healthy life forgets them."""

    code: int = 0
    failures: int = 0
    lived: bool = False
    _next_s: float = 0.0

    def healthy(self) -> None:
        """It works: the next failure is a first one."""
        self.lived, self.code, self.failures, self._next_s = True, 0, 0, 0.0

    def after(self, code: int) -> float:
        """Seconds to wait after it ended with ``code``."""
        first, longest = bounds(code)
        self._next_s = min(max(self._next_s * 2, first), longest)
        self.code = code
        self.failures += 1
        return self._next_s

    @property
    def refused(self) -> bool:
        """Whether it never came up and its last word was that its configuration is wrong."""
        return self.code == CONFIGURATION and not self.lived


def needs_person(code: int) -> bool:
    """Whether somebody has to do something before the next start can succeed."""
    return bounds(code) != SOON_S
