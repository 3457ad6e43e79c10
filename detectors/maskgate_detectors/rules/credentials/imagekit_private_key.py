"""ImageKit private key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def imagekit_private_key() -> Rule:
    """https://imagekit.io/docs/api-keys"""
    return Rule(
        id="imagekit-private-key",
        entity=SECRET,
        label="ImageKit private key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>private_[A-Za-z0-9+/]{26,28}={0,2})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"private_[A-Za-z0-9+/]{26}",),
        validate=secret_checks.random_token,
        valid_score=0.9,
        matches=(
            "⟦private_{b27}⟧",
            "auth=⟦private_{b27}⟧;",
        ),
        ignores=("private_repository_settings",),
    )
