"""What an agent or a service imports: ask for approval of an action, wait, run exactly what was approved, once.

::

    from maskgate.client import Client, requires_approval

    client = Client("http://localhost:8300", key="agent.pem", gate_key="gate.pub")

    @requires_approval(client, verb="db.rollback", resource="orders", purpose="undo release 42",
                       expected_outcome="orders is back at version 41")
    def rollback(database: str, version: int) -> None: ...
"""

from maskgate.client.api import AsyncClient, Client
from maskgate.client.approval import Approval
from maskgate.client.decorator import requires_approval
from maskgate.client.errors import ApiError, ApprovalPending, ApprovalRefused, PermitRefused, ReceiptRefused
from maskgate.client.receipt import check_receipt

__all__ = [
    "ApiError",
    "Approval",
    "ApprovalPending",
    "ApprovalRefused",
    "AsyncClient",
    "Client",
    "PermitRefused",
    "ReceiptRefused",
    "check_receipt",
    "requires_approval",
]
