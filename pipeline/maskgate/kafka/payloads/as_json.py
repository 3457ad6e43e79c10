"""A decoded payload as JSON."""

from __future__ import annotations

import json
from typing import Any

from maskgate.base.errors import RecordError


def to_json(tree: Any) -> bytes:
    """JSON of a decoded payload; bytes as their Latin-1 text.

    Raises:
        RecordError: it holds what JSON cannot say, such as NaN (``not_json``).
    """
    try:
        return json.dumps(tree, ensure_ascii=False, allow_nan=False, default=_latin).encode()
    except (ValueError, TypeError, UnicodeEncodeError):
        raise RecordError("not_json", "the payload holds a value that JSON does not have") from None


def _latin(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    raise TypeError
