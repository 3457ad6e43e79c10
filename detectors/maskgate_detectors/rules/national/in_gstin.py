"""Indian goods and services tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def in_gstin() -> Rule:
    """https://www.gst.gov.in/"""
    return Rule(
        id="in-gstin",
        entity="IN_GSTIN",
        label="Indian goods and services tax number",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>(?:[0-2]\d|3[0-8])[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z])(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        triggers=(r"(?:[0-2]\d|3[0-8])[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]",),
        validate=stdnum("in_.gstin"),
        valid_score=0.85,
        context=words("gstin, gst number, gst no, gstin number"),
        keys=words("gstin, gst number, gst no, gstin number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("IN",),
        matches=(
            "gstin: ⟦27GGPFM0427Y1ZR⟧",
            "gstin ⟦27GGPFM0427Y1ZR⟧",
            "⟦27GGPFM0427Y1ZR⟧",
        ),
        ignores=("27PSPFR3284W1Z2",),
    )
