"""What becomes of a record that holds something its topic never held: held, or quarantined, by a signed profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from maskgate.base.errors import ConfigurationError
from maskgate.base.records import FieldUse
from maskgate.policy.drift_profile import Signed

Verdict = Literal["", "hold", "quarantine"]


class DriftGate:
    """Judges the findings of one record."""

    def __init__(self, profile: Signed, on_drift: Mapping[str, str], destination: str, learned: int = 1) -> None:
        """
        Raises:
            ConfigurationError: a topic is to be held against a profile that knows too little of it.
        """
        self.destination, self.number = destination, profile.number
        self._topics, self._on = profile.topics, {t: what for t, what in on_drift.items() if what != "notify"}
        for topic in self._on:
            known = self._topics.get(topic)
            if known is None or known.records < learned:
                raise ConfigurationError(
                    f"drift.on_drift: the profile has {known.records if known else 0} records of '{topic}', "
                    f"and {learned} are wanted: let the watch learn on, then `maskgate drift sign` again"
                )

    def verdict(self, topic: str, uses: Iterable[FieldUse]) -> tuple[Verdict, str]:
        """What to do with the record, and the place that is new; ("", "") where there is none."""
        what = self._on.get(topic)
        if what is None:
            return "", ""
        known = self._topics[topic]
        for place in known.places(uses):
            if not known.has(place):
                return "hold" if what == "hold" else "quarantine", f"{place[1]} at {place[0] or '(record)'}"
        return "", ""


__all__ = ["DriftGate", "Verdict"]
