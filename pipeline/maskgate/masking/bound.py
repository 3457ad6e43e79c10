"""An operator bound to an entity and its keys: what the masker calls for each finding."""

from __future__ import annotations

from typing import NamedTuple

from maskgate.base.document import escape
from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action
from maskgate.operators.drop import Drop
from maskgate.operators.keyed import Mask
from maskgate.operators.redact import Redact
from maskgate.operators.replace import Replace

_LABEL = Replace.model_validate({})


class Bound(NamedTuple):
    """An operator that knows its entity and its keys."""

    rule_id: str
    operator: str
    mask: Mask
    number: Mask
    label: str
    drop: str  # "", "field" or "record"
    action: Action
    where: str
    constant: bytes | None = None  # what stands in place of every text, spelled for JSON
    tied: Mask | None = None  # (part, whole value) → what stands in place of the part


def bind(rule_id: str, action: Action, entity: str, keys: Keyring, where: str = "") -> Bound:
    """The operator for one entity."""
    label = _LABEL.bind(entity, keys)("", "")
    drop = action.what if isinstance(action, Drop) else ""
    mask = action.bind(entity, keys)
    constant = escape(mask("", "")) if isinstance(action, (Redact, Replace)) else None
    number, tied = action.bind_number(entity, keys), action.bind_part(entity, keys)
    return Bound(rule_id, action.name, mask, number, label, drop, action, where, constant, tied)
