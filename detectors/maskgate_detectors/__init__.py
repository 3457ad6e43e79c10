"""Find personal data and secrets in schema-less JSON; change nothing.

``Engine(EngineConfig()).batch([b'{"mail": "a@example.org"}'])`` gives one :class:`Scan` per record.
"""

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
