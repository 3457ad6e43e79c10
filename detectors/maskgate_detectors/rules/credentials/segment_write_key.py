"""Segment write key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def segment_write_key() -> Rule:
    """https://segment.com/docs/connections/find-writekey/"""
    return Rule(
        id="segment-write-key",
        entity=SECRET,
        label="Segment write key",
        pattern=(
            r"(?i)segment[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)segment[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("segment write key, segment api key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{32})",
        key_score=0.97,
        matches=(
            "segment_write_key: ⟦{an32}⟧",
            "export segment_KEY=⟦{an32}⟧ # x",
        ),
        ignores=("id {an32}",),
    )
