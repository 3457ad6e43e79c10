"""Auth0 client secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def auth0_secret() -> Rule:
    """https://auth0.com/docs/get-started/applications/application-settings"""
    return Rule(
        id="auth0-secret",
        entity=SECRET,
        label="Auth0 client secret",
        pattern=(
            r"(?i)auth0[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9_-]{64})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)auth0[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("auth client secret, auth secret"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9_-]{64})",
        key_score=0.97,
        matches=(
            "auth_client_secret: ⟦{u64}⟧",
            "export auth0_KEY=⟦{u64}⟧ # x",
        ),
        ignores=("id {u64}",),
    )
