"""What every section of the settings is made of: durations, sizes, secrets that may come from a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_UNITS_B = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "kB": 10**3, "MB": 10**6, "GB": 10**9}


def parse_duration(value: Any) -> Any:
    """Seconds from ``30s``, ``1h30m``, ``50ms`` or a plain number of seconds."""
    if not isinstance(value, str) or re.fullmatch(r"\d+(\.\d+)?", value):
        return value
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", value)
    if not parts or "".join(n + u for n, u in parts) != value:
        raise ValueError(f"not a duration: {value!r}; write it like 30s, 5m, 1h30m or 250ms")
    return sum(float(n) * _UNITS_S[u] for n, u in parts)


def parse_size(value: Any) -> Any:
    """Bytes from ``64MiB``, ``10kB`` or a plain number of bytes."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+)\s*([A-Za-z]*)", value)
    if not match or match[2] not in _UNITS_B:
        raise ValueError(f"not a size: {value!r}; write it like 1MiB, 64KiB or 5000")
    return int(match[1]) * _UNITS_B[match[2]]


def _secret(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"file"}:
        try:
            return filemodes.read_secret(Path(value["file"])).decode("utf-8").strip()
        except OSError as error:
            raise ValueError(f"cannot read the secret's file: {error.strerror}") from None
        except ConfigurationError as error:
            raise ValueError(str(error)) from None
    return value


Duration = Annotated[float, BeforeValidator(parse_duration), Field(ge=0)]
Size = Annotated[int, BeforeValidator(parse_size), Field(ge=0)]
Secret = Annotated[SecretStr, BeforeValidator(_secret)]


class Section(BaseModel):
    """A part of the settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, defer_build=True)
