"""Laravel application key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def laravel_app_key() -> Rule:
    """https://laravel.com/docs/encryption"""
    return Rule(
        id="laravel-app-key",
        entity=SECRET,
        label="Laravel application key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>base64:[A-Za-z0-9+/]{43}=)(?:$|[^A-Za-z0-9_-])",
        triggers=(r"base64:[A-Za-z0-9+/]{43}=",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦base64:{b43}=⟧",
            "auth=⟦base64:{b43}=⟧;",
        ),
        ignores=("base64:aGVsbG8=",),
    )
