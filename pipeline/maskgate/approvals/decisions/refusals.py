"""How a decision says no: an exception inside the machine, an event outside."""

from __future__ import annotations

import re

from maskgate.approvals.commands import Command
from maskgate.approvals.events import Refused
from maskgate.approvals.model import Meta
from maskgate.approvals.state import State

# What an honest client never does: these wake somebody.
ALARMS = frozenset(
    {
        "bad_signature",
        "bytes_changed",
        "counter_went_back",
        "digest_mismatch",
        "excluded",
        "malformed_envelope",
        "malformed_vote",
        "malformed_action",
        "not_authorised",
        "not_the_requester",
        "permit_spent",
        "replayed",
        "wrong_person",
        "wrong_signer",
        "wrong_type",
    }
)


_ID = re.compile(r"[0-9a-f-]{36}")


class No(Exception):
    """The command is refused."""

    def __init__(self, code: str, message: str, by: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.by = by


def meta(state: State, command: Command, now: int) -> Meta:
    """What every event of this command carries."""
    return Meta(now, command.input, state.people.version, state.policy_ref.digest)


def refused(state: State, command: Command, now: int, no: No, request_id: str = "") -> Refused:
    """The event of a refusal."""
    return Refused(
        meta=meta(state, command, now),
        code=no.code,
        message=no.message,
        command=type(command).__name__,
        request_id=request_id if _ID.fullmatch(request_id) else "",  # else it is a stranger's text
        by=no.by,
        alarm=no.code in ALARMS,
    )
