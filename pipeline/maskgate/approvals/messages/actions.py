"""Requests for actions: built and signed by the intake API, read by the machine.

Positional arguments are bound to names before they get here; the canonical text of the arguments is what is shown, what
is digested, and what the permit lets run.
"""

from __future__ import annotations

import base64
import inspect
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from maskgate.approvals.messages.requester import requester_from_json, requester_to_json
from maskgate.approvals.model import Action, Requester
from maskgate.base.errors import RecordError
from maskgate.crypto import canonical, signing

PAYLOAD_TYPE = "application/vnd.maskgate.action.v1+json"
REDEEM_TYPE = "application/vnd.maskgate.redeem.v1+json"
ROLE = "intake"
MAX_AGE_MS = 600_000
MAX_ARGUMENTS = 65_536
MAX_TEXT = 4000


def bind(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Every argument of a call by name, defaults included: nothing positional stays unseen.

    Raises:
        RecordError: code ``not_canonical``; the call does not fit the function.
    """
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        raise RecordError("not_canonical", "the arguments do not fit the function") from None
    bound.apply_defaults()
    return dict(bound.arguments)


def build_action(
    *,
    signer: signing.Signer,
    requester: Requester,
    verb: str,
    arguments: Mapping[str, Any],
    expected_outcome: str,
    now_ms: int,
    resource: str = "",
    destination: str = "",
    purpose: str = "",
    nonce: str = "",
) -> bytes:
    """The envelope of an action request, for ``maskgate.approvals.requests``. Free text must be masked already.

    Raises:
        RecordError: the arguments have no canonical form, or a text is missing or too long.
    """
    text = canonical.snapshot(dict(arguments))
    tree = {
        "domain": "action.v1",
        "requester": requester_to_json(requester),
        "verb": verb,
        "resource": resource,
        "destination": destination,
        "purpose": purpose,
        "expected_outcome": expected_outcome,
        "arguments": text,
        "iat": now_ms,
        "nonce": nonce or secrets.token_hex(16),
    }
    _check(tree)
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), [signer])


def read(raw: bytes, keys: Mapping[str, bytes]) -> tuple[Requester, Action, int, str]:
    """Requester, action, time and nonce of an action request, verified against the intake keys.

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type``, ``bad_signature`` or ``malformed_action``.
    """
    envelope = signing.parse(raw)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise RecordError("wrong_type", "not an action request")
    if not signing.verify(envelope, keys):
        raise RecordError("bad_signature", "no signature of an enrolled intake key")
    try:
        tree = canonical.loads(envelope.payload)
        _check(tree)
        requester = requester_from_json(tree["requester"])
        if canonical.dumps(canonical.loads(tree["arguments"])).decode() != tree["arguments"]:
            raise ValueError("the arguments are not canonical")
    except (RecordError, KeyError, TypeError, ValueError, AttributeError):
        raise RecordError("malformed_action", "the signed payload is not an action request") from None
    action = Action(
        verb=tree["verb"],
        destination=tree["destination"],
        resource=tree["resource"],
        purpose=tree["purpose"],
        expected_outcome=tree["expected_outcome"],
        arguments=tree["arguments"],
    )
    return requester, action, int(tree["iat"]), str(tree["nonce"])


def build_redeem(permit: bytes, arguments: str, proof: bytes, signer: signing.Signer) -> bytes:
    """The envelope that spends a permit, signed by the intake key, for ``maskgate.approvals.requests``.

    ``proof`` is the word of who asked (``permits.prove``): the intake key alone spends nothing.
    """
    tree = {
        "domain": "redeem.v1",
        "permit": base64.b64encode(permit).decode(),
        "arguments": arguments,
        "proof": base64.b64encode(proof).decode(),
    }
    return signing.seal(REDEEM_TYPE, canonical.dumps(tree), [signer])


def read_redeem(raw: bytes, keys: Mapping[str, bytes]) -> tuple[bytes, str, bytes]:
    """The permit, the arguments that somebody is about to run, and the proof of who asked (empty in old messages).

    Raises:
        RecordError: ``malformed_envelope``, ``wrong_type``, ``bad_signature`` or ``malformed_action``.
    """
    envelope = signing.parse(raw)
    if envelope.payload_type != REDEEM_TYPE:
        raise RecordError("wrong_type", "not a redemption")
    if not signing.verify(envelope, keys):
        raise RecordError("bad_signature", "no signature of an enrolled intake key")
    try:
        tree = canonical.loads(envelope.payload)
        if tree["domain"] != "redeem.v1" or not isinstance(tree["arguments"], str):
            raise ValueError
        proof = base64.b64decode(tree.get("proof", ""), validate=True)
        return base64.b64decode(tree["permit"], validate=True), tree["arguments"], proof
    except (RecordError, KeyError, TypeError, ValueError):
        raise RecordError("malformed_action", "the signed payload is not a redemption") from None


def _check(tree: Mapping[str, Any]) -> None:
    texts = ("verb", "resource", "destination", "purpose", "expected_outcome", "arguments", "nonce")
    if any(not isinstance(tree[name], str) for name in texts) or tree["domain"] != "action.v1":
        raise RecordError("malformed_action", "an action request is made of texts")
    if not tree["verb"] or not tree["expected_outcome"].strip():
        raise RecordError("malformed_action", "verb and expected outcome are required")
    if tree["verb"] == "export":
        raise RecordError("malformed_action", "exports are asked for by flagging records, not as an action")
    if len(tree["arguments"]) > MAX_ARGUMENTS or any(len(tree[n]) > MAX_TEXT for n in texts if n != "arguments"):
        raise RecordError("malformed_action", "a text is too long")
    if not isinstance(canonical.loads(tree["arguments"]), dict) or not 16 <= len(tree["nonce"]) <= 64:
        raise RecordError("malformed_action", "arguments are an object, a nonce has 16 to 64 characters")
    if type(tree["iat"]) is not int:
        raise RecordError("malformed_action", "iat is milliseconds")
