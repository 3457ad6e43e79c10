"""Between the values of a program and the JSON that the masker reads.

An event is a JSON document: as bytes or text, which leave byte for byte but for what was masked, or as a Python
object, which is written as JSON and read back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from maskgate.base.errors import ConfigurationError

Back = Callable[[bytes], Any]
_NOT_JSON = b"\xff"  # no JSON: the masker refuses it as it refuses every other


def as_json(event: Any) -> tuple[bytes, Back]:
    """The document of an event, and what turns a masked document into the type that was given.

    Raises:
        ConfigurationError: the type is none that an event can have.
    """
    if isinstance(event, (bytes, bytearray, memoryview)):
        return bytes(event), _same
    if isinstance(event, str):
        try:
            return event.encode(), bytes.decode
        except UnicodeEncodeError:
            return _NOT_JSON, bytes.decode
    if event is None or isinstance(event, (dict, list, tuple, int, float)):
        try:
            return json.dumps(event, ensure_ascii=False, allow_nan=False).encode(), json.loads
        except (ValueError, RecursionError):  # NaN, a lone surrogate, a circle
            return _NOT_JSON, json.loads
        except TypeError as error:
            raise ConfigurationError(f"not an event: {error}; give JSON types, or bytes of your own") from None
    raise ConfigurationError(
        f"not an event: {type(event).__name__}; give bytes or text with a JSON document, or a dict; "
        "for a column use mask_column, for free text mask_text"
    )


def _same(document: bytes) -> bytes:
    return document
