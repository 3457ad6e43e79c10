"""Hetzner Cloud token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def hetzner_token() -> Rule:
    """https://docs.hetzner.cloud/"""
    return Rule(
        id="hetzner-token",
        entity=SECRET,
        label="Hetzner Cloud token",
        pattern=(
            r"(?i)(?:hetzner|hcloud)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{64})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:hetzner|hcloud)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("hcloud token, hetzner api token, hetzner token"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{64})",
        key_score=0.97,
        matches=(
            "hcloud_token: ⟦{an64}⟧",
            "export hetzner_KEY=⟦{an64}⟧ # x",
        ),
        ignores=("id {an64}",),
    )
