"""What people post once they have signed it: looked at before it is stored, decided by the gate alone."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from maskgate.approvals.decisions import voting
from maskgate.approvals.messages import votes
from maskgate.base.errors import RecordError, RefusedError
from maskgate.console.context import Context
from maskgate.console.passkey import wrap_assertion
from maskgate.crypto import canonical, signing
from maskgate.crypto.webauthn import RelyingParty


class Vote(BaseModel):
    """A signed DSSE envelope (vote, act or bulk), or a WebAuthn assertion over a drafted vote."""

    model_config = ConfigDict(extra="forbid")
    envelope: dict[str, Any] | None = None
    assertion: dict[str, Any] | None = None


def party_of(context: Context) -> RelyingParty:
    """For whom an assertion must be made."""
    return RelyingParty(context.settings.console.rp_id, context.settings.console.origins)


def envelope_of(body: Vote) -> bytes:
    """The bytes of the submitted envelope.

    Raises:
        RefusedError: code ``malformed_envelope``.
    """
    try:
        if body.assertion is not None:
            return wrap_assertion(body.assertion)
        raw = canonical.dumps(body.envelope)
        signing.parse(raw)
        return raw
    except RecordError as error:
        raise RefusedError(error.code, error.detail or "This is not a signed envelope.") from None


def must_be_signed(context: Context, raw: bytes) -> None:
    """Refuse what neither its poster nor an enrolled key vouches for: it would cost a search and be stored for ever.

    Raises:
        RefusedError: code ``bad_signature``.
    """
    if not voting.is_known(context.registry.people, party_of(context), raw):
        raise RefusedError("bad_signature", "No enrolled key that is in force signed this.")


def check_text(context: Context, raw: bytes) -> None:
    """Refuse a vote whose reason holds personal data: what is signed cannot be masked afterwards.

    Raises:
        RefusedError: code ``raw_reason``.
    """
    for reason in reasons_of(raw):
        if reason and (masked := context.texts.mask(reason)) != reason:
            message = f"The reason holds personal data or a secret. Sign it again as: {masked}"
            raise RefusedError("raw_reason", message)


def reasons_of(raw: bytes) -> list[str]:
    """The free text of a vote, act or bulk decision."""
    return [vote.reason for vote in votes.named(raw)]
