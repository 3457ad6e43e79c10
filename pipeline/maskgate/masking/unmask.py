"""Reversing tokens: only with the gate's permit for exactly these tokens, once, and never without a trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from maskgate.approvals.messages.permits import Permit, verify
from maskgate.base.errors import RefusedError
from maskgate.crypto import canonical
from maskgate.crypto.keyring import Keyring
from maskgate.crypto.signing import parse
from maskgate.operators.tokenize import open_token

VERB = "unmask"


class Spends(Protocol):
    """Marks a permit as used: ``approvals.permits.SpentLedger`` on this host, or the gate for all hosts."""

    def spend(self, permit: Permit) -> None:
        """Raises RefusedError (``permit_spent``) the second time."""


class Unmasked(NamedTuple):
    """A token and what it held."""

    token: str
    entity: str
    text: str


def permitted_tokens(permit: bytes) -> list[str]:
    """The tokens that a permit names; not verified.

    Raises:
        RefusedError: it names none (``permit_arguments``).
    """
    try:
        arguments = canonical.loads(canonical.loads(parse(permit).payload)["arguments"])
        tokens = arguments["tokens"]
        if isinstance(tokens, list) and tokens and all(isinstance(t, str) for t in tokens):
            return tokens
    except (KeyError, TypeError, ValueError):
        pass
    raise RefusedError("permit_arguments", "the permit names no tokens: ask for the verb unmask with 'tokens'")


def unmask(
    tokens: Sequence[str],
    permit: bytes,
    *,
    gate_keys: Mapping[str, bytes],
    keyring: Keyring,
    ledger: Spends,
    now_ms: int,
    record: Callable[[Permit, Sequence[Unmasked]], None],
) -> list[Unmasked]:
    """What the tokens held.

    The permit is verified and every token is opened before the permit is spent; ``record`` writes the lineage event,
    and if it fails nothing is given out (the permit is spent all the same).

    Raises:
        RecordError: the permit is not the gate's, is over, or names other tokens; or a token was changed.
        KeyringError: a token's key is unknown here or retired.
        RefusedError: the permit was used before (``permit_spent``).
    """
    allowed = verify(permit, gate_keys, arguments={"tokens": list(tokens)}, now_ms=now_ms, verb=VERB)
    opened = [Unmasked(token, *open_token(token, keyring)) for token in tokens]
    ledger.spend(allowed)
    record(allowed, opened)
    return opened
