"""maskgate masks personal data in Kafka streams and holds exports until the right people approve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maskgate.embed import Gate, Result, load

from maskgate.base.version import __version__

__all__ = ["Gate", "Result", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """The library, imported when somebody asks for it: commands start without it."""
    if name in ("Gate", "Result", "load"):
        from maskgate import embed

        return getattr(embed, name)
    raise AttributeError(f"module 'maskgate' has no attribute '{name}'")
