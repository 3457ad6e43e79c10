"""How grave an event is, for receivers that sort by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Severity = Literal["info", "notice", "warning", "critical"]

SYSLOG: Mapping[Severity, int] = {"info": 6, "notice": 5, "warning": 4, "critical": 2}
"""RFC 5424, table 2."""
OTLP: Mapping[Severity, tuple[int, str]] = {
    "info": (9, "INFO"), "notice": (10, "INFO2"), "warning": (13, "WARN"), "critical": (18, "ERROR2"),
}  # fmt: skip
"""SeverityNumber and text; https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/ (syslog)."""
OCSF: Mapping[Severity, tuple[int, str]] = {
    "info": (1, "Informational"), "notice": (2, "Low"), "warning": (3, "Medium"), "critical": (5, "Critical"),
}  # fmt: skip

_NOTICE = frozenset({"policy_loaded", "people_loaded", "people_changed", "permit_issued", "escalated"})


def severity(event: Mapping[str, Any]) -> Severity:
    """Alarms, broken glass and what a review condemned are critical; what is no event of ours is a warning."""
    kind = event.get("type")
    if (kind == "refused" and event.get("alarm")) or kind == "glass_broken" or event.get("to") == "CONDEMNED":
        return "critical"
    if kind in (None, "refused", "review_overdue") or event.get("to") in ("RECALLED", "REVOKED"):
        return "warning"
    return "notice" if kind in _NOTICE or kind == "moved" else "info"
