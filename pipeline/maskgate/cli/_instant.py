"""A date or an instant of the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from maskgate.base.errors import ConfigurationError


def instant(text: str | None) -> int | None:
    """Milliseconds since 1970, in UTC where no zone is said; None for None.

    Raises:
        ConfigurationError: neither a date nor an instant.
    """
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"not a date or an instant: {text}; write 2026-01-31 or 2026-01-31T12:00Z") from None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)
