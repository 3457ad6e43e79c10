"""Fastly API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def fastly_token() -> Rule:
    """https://docs.fastly.com/en/guides/using-api-tokens"""
    return Rule(
        id="fastly-token",
        entity=SECRET,
        label="Fastly API token",
        pattern=(
            r"(?i)fastly[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9_-]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)fastly[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("fastly api token, fastly api key, fastly key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9_-]{32})",
        key_score=0.97,
        matches=(
            "fastly_api_token: ⟦{u32}⟧",
            "export fastly_KEY=⟦{u32}⟧ # x",
        ),
        ignores=("id {u32}",),
    )
