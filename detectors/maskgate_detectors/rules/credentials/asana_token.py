"""Asana personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def asana_token() -> Rule:
    """https://developers.asana.com/docs/personal-access-token"""
    return Rule(
        id="asana-token",
        entity=SECRET,
        label="Asana personal access token",
        pattern=(
            r"(?i)asana[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>(?:[12]/\d{16,19}(?:/\d{16,19})?:[0-9a-f]{32}"
            r"|[a-z0-9]{32}))(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)asana[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("asana token, asana access token, asana client secret"),
        key_decides=True,
        key_pattern=r"(?:(?:[12]/\d{16,19}(?:/\d{16,19})?:[0-9a-f]{32}|[a-z0-9]{32}))",
        key_score=0.97,
        matches=(
            "asana_token: ⟦1/{d16}:{x32}⟧",
            "export asana_KEY=⟦1/{d16}:{x32}⟧ # x",
        ),
        ignores=("id 1/{d16}:{x32}",),
    )
