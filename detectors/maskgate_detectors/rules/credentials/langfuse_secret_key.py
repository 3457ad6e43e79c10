"""Langfuse secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def langfuse_secret_key() -> Rule:
    """https://langfuse.com/docs/api"""
    return Rule(
        id="langfuse-secret-key",
        entity=SECRET,
        label="Langfuse secret key",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})("
            "?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("sk-lf-[0-9a-f]{8}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sk-lf-{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "auth=⟦sk-lf-{x8}-{x4}-{x4}-{x4}-{x12}⟧;",
        ),
        ignores=("sk-lf-",),
    )
