"""What the gate counts: requests, votes, decisions, refusals, and how long the oldest request waits."""

from __future__ import annotations

from collections.abc import Sequence

from maskgate.approvals import events as ev
from maskgate.approvals.state import State
from maskgate.base.meters import Meters


def counted(meters: Meters, events: Sequence[ev.Event]) -> None:
    """Count what a committed step logged."""
    meters.count("maskgate_log_events_total", len(events))
    for event in events:
        if isinstance(event, ev.RequestOpened):
            meters.count("maskgate_requests_total")
        elif isinstance(event, ev.VoteAccepted):
            meters.count("maskgate_votes_total")
        elif isinstance(event, ev.Moved):
            meters.count("maskgate_moves_total", state=event.to.value.lower())
        elif isinstance(event, ev.Refused):
            meters.count("maskgate_refusals_total", code=event.code)


def show(meters: Meters, state: State, now_ms: int) -> None:
    """Open requests and the age of the oldest; then write."""
    meters.set("maskgate_open_requests", len(state.agenda))
    oldest = state.agenda.oldest()
    age = now_ms - oldest if oldest else 0
    meters.set("maskgate_oldest_request_seconds", max(0, age) / 1000)
    meters.flush()
