"""Find personal data and secrets in schema-less JSON; change nothing.

``Engine(EngineConfig()).batch([b'{"mail": "a@example.org"}'])`` gives one :class:`Scan` per record.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maskgate_detectors.engine.engine import Engine

from maskgate_detectors.model.config import AllowList, CustomRule, DenyList, DetectorError, EngineConfig, Threshold
from maskgate_detectors.model.finding import SEEN, SEEN_FORM, Finding, Scan, Twin
from maskgate_detectors.model.rule import SECRET, Rule, detector

__all__ = [
    "SECRET",
    "SEEN",
    "SEEN_FORM",
    "AllowList",
    "CustomRule",
    "DenyList",
    "DetectorError",
    "Engine",
    "EngineConfig",
    "Finding",
    "Rule",
    "Scan",
    "Threshold",
    "Twin",
    "detector",
]


def __getattr__(name: str) -> Any:
    """The engine, imported when somebody asks for it: who only names a finding or a setting starts without it."""
    if name == "Engine":
        return importlib.import_module("maskgate_detectors.engine.engine").Engine
    raise AttributeError(f"module 'maskgate_detectors' has no attribute '{name}'")
