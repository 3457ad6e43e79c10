"""What every operator stands on: the shape of a mask, the refusal, and the keyed function of a text."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

Mask = Callable[[str, str], str]
"""(text, subject) → what stands in its place. ``subject`` names whose record it is; only date_shift looks at it."""

Prf = Callable[[str], bytes]


class CannotMask(Exception):
    """This value does not suit the operator; the message never holds the value."""


def prf(secret: bytes, entity: str, size: int = 16, label: str = "") -> Prf:
    """A keyed function of a text, separate for each entity."""
    sub = blake2b(f"{label}\0{entity}".encode(), key=secret, digest_size=32, person=b"maskgate-entity").digest()
    base = blake2b(key=sub, digest_size=size, person=entity.encode()[:16])

    def apply(text: str) -> bytes:
        state = base.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return state.digest()

    return apply
