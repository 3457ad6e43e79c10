"""Permits on the executor's side: believed only with the gate's public key, for exactly the arguments at hand."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from maskgate.approvals.messages import permits
from maskgate.base.errors import RecordError
from maskgate.client.errors import PermitRefused
from maskgate.crypto import signing


def prove(permit: str, arguments: str, signer: signing.Signer | None) -> dict[str, Any]:
    """What shows the gate that who asked wants the permit spent now; an executor of theirs may pass it on.

    Raises:
        PermitRefused: there is no key to sign with, or that is no permit.
    """
    if signer is None:
        raise PermitRefused("no_key", "give key=PATH: a permit is spent with the key that asked for it")
    try:
        proof = permits.prove(permit.encode(), arguments, signer, time.time_ns() // 1_000_000)
    except RecordError as error:
        raise PermitRefused(error.code, error.detail or error.code) from None
    return dict(json.loads(proof))


def check_permit(
    permit: str | bytes,
    arguments: str | Mapping[str, Any],
    gate_key: bytes,
    *,
    verb: str | None = None,
    resource: str | None = None,
    now_ms: int | None = None,
) -> permits.Permit:
    """The permit, if the gate signed it and it allows these arguments now; needs no network and spends nothing.

    Raises:
        PermitRefused: with the reason.
    """
    raw = permit.encode() if isinstance(permit, str) else permit
    now = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    try:
        return permits.verify(
            raw, {signing.key_id(gate_key): gate_key}, arguments=arguments, now_ms=now, verb=verb, resource=resource
        )
    except RecordError as error:
        raise PermitRefused(error.code, error.detail or error.code) from None
