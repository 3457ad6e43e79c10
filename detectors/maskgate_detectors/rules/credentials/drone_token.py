"""Drone CI token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def drone_token() -> Rule:
    """https://docs.drone.io/api/overview/"""
    return Rule(
        id="drone-token",
        entity=SECRET,
        label="Drone CI token",
        pattern=(
            r"(?i)(?:drone[_-]token|drone[_-]|droneci)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:drone[_-]token|drone[_-]|droneci)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("drone token, drone ci token"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{32})",
        key_score=0.97,
        matches=(
            "drone_token: ⟦{an32}⟧",
            "export drone_token=⟦{an32}⟧ # x",
        ),
        ignores=("id {an32}",),
    )
