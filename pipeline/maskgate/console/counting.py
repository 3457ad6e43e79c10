"""Counts what the lineage sink writes, while the console runs: a page asks the counts and never the rows."""

from __future__ import annotations

import threading

from maskgate.base.errors import MaskgateError
from maskgate.base.log import describe, say
from maskgate.lineage.ask.rollup import Rollup

_EVERY_S = 2.0


class Counting(threading.Thread):
    """One thread; the roll-up remembers how far it came."""

    def __init__(self, rollup: Rollup, every_s: float = _EVERY_S) -> None:
        super().__init__(name="counting", daemon=True)
        self._rollup, self._every_s = rollup, every_s
        self._ending = threading.Event()
        self._said = ""

    def run(self) -> None:
        while not self._ending.is_set():
            try:
                self._rollup.advance()
            except (MaskgateError, OSError) as error:  # a folder that cannot be read now may be read later
                self._rollup.trouble = f"{self._rollup.folder} cannot be read ({type(error).__name__})"
                if self._said != self._rollup.trouble:
                    say("console", "counting_stopped", **describe(error))
            if self._rollup.trouble and self._said != self._rollup.trouble:
                say("console", "counting_stopped", why=self._rollup.trouble)
            self._said = self._rollup.trouble
            self._ending.wait(self._every_s)

    def stop(self) -> None:
        """End it."""
        self._ending.set()
        self.join(5.0)
