"""Backblaze application key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def backblaze_application_key() -> Rule:
    """https://www.backblaze.com/docs/cloud-storage-application-keys"""
    return Rule(
        id="backblaze-application-key",
        entity=SECRET,
        label="Backblaze application key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>K00[0-9][A-Za-z0-9+/]{27})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"K00[0-9][A-Za-z0-9+/]{27}",),
        validate=secret_checks.random_token,
        valid_score=0.9,
        matches=(
            "⟦K005{an27}⟧",
            "auth=⟦K005{an27}⟧;",
        ),
        ignores=("K0051234567",),
    )
