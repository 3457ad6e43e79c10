"""What can go wrong for a program that asks: refused, still pending, a permit that does not fit, no answer."""

from __future__ import annotations

from maskgate.base.errors import RefusedError, WorldError


class ApprovalRefused(RefusedError):
    """Somebody said no, or nobody said yes in time; ``code`` is the request's final state."""

    def __init__(self, code: str, message: str, request_id: str) -> None:
        super().__init__(code, message)
        self.request_id = request_id


class ApprovalPending(RefusedError):
    """Nobody has decided yet; this is not a denial. Ask again with the same arguments to go on waiting."""

    def __init__(self, request_id: str) -> None:
        super().__init__("pending", f"request {request_id} is still pending; nobody has denied it")
        self.request_id = request_id


class PermitRefused(RefusedError):
    """The permit does not allow this: spent, too late, other arguments, or not the gate's."""


class ReceiptRefused(RefusedError):
    """The record has no receipt of the gate, or one of other bytes."""


class ApiError(WorldError):
    """The API did not answer, or not as expected."""
