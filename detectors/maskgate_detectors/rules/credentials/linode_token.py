"""Linode personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def linode_token() -> Rule:
    """https://techdocs.akamai.com/linode-api/reference/get-started"""
    return Rule(
        id="linode-token",
        entity=SECRET,
        label="Linode personal access token",
        pattern=(
            r"(?i)linode[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)linode[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("linode token, linode api token"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{64})",
        key_score=0.97,
        matches=(
            "linode_token: ⟦{x64}⟧",
            "export linode_KEY=⟦{x64}⟧ # x",
        ),
        ignores=("id {x64}",),
    )
