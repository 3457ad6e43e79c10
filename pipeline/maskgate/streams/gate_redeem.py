"""An executor's wish to spend a permit, as the intake API hands it to the gate: signed with the intake key."""

from __future__ import annotations

from maskgate.approvals import canonical, signing
from maskgate.approvals.commands import Redeem
from maskgate.approvals.model import InputRef
from maskgate.approvals.people import People
from maskgate.errors import RecordError

REDEEM_TYPE = "application/vnd.maskgate.redeem.v1+json"


def build_redeem(permit: str, arguments: str, signer: signing.Signer) -> bytes:
    """Envelope for ``maskgate.approvals.requests``; ``arguments`` is the canonical text that is about to run."""
    payload = canonical.dumps({"domain": "redeem.v1", "permit": permit, "arguments": arguments})
    return signing.seal(REDEEM_TYPE, payload, [signer])


def read_redeem(raw: bytes, people: People, ref: InputRef) -> Redeem:
    """The command of an envelope.

    Raises:
        RecordError: not signed with an intake key in force, or malformed.
    """
    envelope = signing.parse(raw)
    if not signing.verify(envelope, people.role_keys("intake")):
        raise RecordError("bad_signature", "no signature of an enrolled intake key")
    try:
        tree = canonical.loads(envelope.payload)
        if set(tree) != {"domain", "permit", "arguments"} or tree["domain"] != "redeem.v1":
            raise ValueError
        return Redeem(permit=str(tree["permit"]).encode(), arguments=str(tree["arguments"]), input=ref)
    except (RecordError, KeyError, TypeError, ValueError, UnicodeEncodeError):
        raise RecordError("malformed_redeem", "not a redemption of this version") from None
