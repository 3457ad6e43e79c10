"""A request as the one who asked sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from maskgate.client.errors import ApprovalPending, ApprovalRefused

_PASSED = frozenset({"approved", "released", "ratified"})


@dataclass(frozen=True, slots=True)
class Approval:
    """Where a request stands: ``state`` in lower case; ``permit`` comes with the approval of an action."""

    request_id: str
    state: str
    permit: str = ""
    arguments: str = "{}"
    expires_at: int = 0
    reasons: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def pending(self) -> bool:
        return self.state == "pending"

    @property
    def approved(self) -> bool:
        return self.state in _PASSED

    def raise_for_state(self) -> Approval:
        """The approval itself if it is one.

        Raises:
            ApprovalPending: nobody decided yet. ApprovalRefused: denied, expired, withdrawn, revoked, …
        """
        if self.pending:
            raise ApprovalPending(self.request_id)
        if not self.approved:
            why = f": {self.reasons[-1]}" if self.reasons else ""
            raise ApprovalRefused(self.state, f"request {self.request_id} is {self.state}{why}", self.request_id)
        return self


def from_json(tree: Mapping[str, Any]) -> Approval:
    """The approval of an answer of the API."""
    return Approval(
        request_id=str(tree["request_id"]),
        state=str(tree["state"]),
        permit=str(tree.get("permit") or ""),
        arguments=str(tree.get("arguments") or "{}"),
        expires_at=int(tree.get("expires_at") or 0),
        reasons=tuple(str(v["reason"]) for v in tree.get("votes", ()) if v.get("reason")),
        raw=tree,
    )
