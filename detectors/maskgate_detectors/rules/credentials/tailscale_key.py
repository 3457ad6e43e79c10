"""Tailscale key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def tailscale_key() -> Rule:
    """https://tailscale.com/kb/1085/auth-keys"""
    return Rule(
        id="tailscale-key",
        entity=SECRET,
        label="Tailscale key",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>tskey-(?:auth|api|client|scim"
            "|webhook)-[A-Za-z0-9]{8,20}(?:-[A-Za-z0-9]{20,50})?)(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("tskey-[a-z]{3,7}-[A-Za-z0-9]{8}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦tskey-auth-{an12}CNTRL-{an32}⟧",
            "⟦tskey-api-{an14}⟧",
            "auth=⟦tskey-auth-{an12}CNTRL-{an32}⟧;",
        ),
        ignores=("tskey-auth-",),
    )
