"""Ghost Admin API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def ghost_admin_key() -> Rule:
    """https://docs.ghost.org/admin-api/#token-authentication"""
    return Rule(
        id="ghost-admin-key",
        entity=SECRET,
        label="Ghost Admin API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>[0-9a-f]{24}:[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"[0-9a-f]{24}:[0-9a-f]{64}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦{x24}:{x64}⟧",
            "auth=⟦{x24}:{x64}⟧;",
        ),
        ignores=("{x12}:{x64}",),
    )
