"""Tokens in the arguments of a call: found, and opened once people approved it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from maskgate.base.errors import KeyringError, RecordError, RefusedError
from maskgate.base.records import FieldUse
from maskgate.client import Approval
from maskgate.crypto.keyring import Keyring
from maskgate.lineage.event import LineageEvent, unmasked_event
from maskgate.masking.unmask import VERB
from maskgate.masking.valuemac import value_mac
from maskgate.operators.tokenize import TOKEN, open_token

__all__ = ["VERB", "holds_token", "opened"]


def holds_token(tree: Any) -> bool:
    """Whether some text of these arguments holds a token."""
    found: list[str] = []

    def look(text: str) -> str:
        found.extend(match[0] for match in TOKEN.finditer(text))
        return text

    _each(tree, look)
    return bool(found)


def opened(
    arguments: Any,
    keyring: Keyring,
    approval: Approval,
    record: Callable[[LineageEvent], None],
    actor: str,
    purpose: str,
) -> Any:
    """The arguments with what their tokens held; ``record`` gets the lineage row first.

    Raises:
        RefusedError: a token was changed, or its key is not here: nothing is opened.
    """
    uses: list[FieldUse] = []
    mac = value_mac(keyring)

    def back(match: Any) -> str:
        entity, text = open_token(match[0], keyring)
        uses.append(FieldUse("", entity, "unmask", "token", 1.0, 1, mac(entity, text)))
        return text

    try:
        plain = _each(arguments, lambda text: TOKEN.sub(back, text))
    except (RecordError, KeyringError) as error:
        raise RefusedError("bad_token", f"a token in the arguments does not open: {error}; nothing was run") from None
    record(
        unmasked_event(
            request_id=approval.request_id, permit_id=approval.request_id, actor=actor, purpose=purpose, fields=uses
        )
    )
    return plain


def _each(tree: Any, change: Callable[[str], str]) -> Any:
    """The tree with every text (no key) changed."""
    if isinstance(tree, str):
        return change(tree)
    if isinstance(tree, dict):
        return {name: _each(value, change) for name, value in tree.items()}
    return [_each(value, change) for value in tree] if isinstance(tree, list) else tree
