"""Postman API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def postman_api_key() -> Rule:
    """https://learning.postman.com/docs/developer/postman-api/authentication/"""
    return Rule(
        id="postman-api-key",
        entity=SECRET,
        label="Postman API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>PMAK-[0-9a-f]{24}-[0-9a-f]{34})(?:$|[^A-Za-z0-9_-])",
        triggers=("PMAK-[0-9a-f]{24}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦PMAK-{x24}-{x34}⟧",
            "auth=⟦PMAK-{x24}-{x34}⟧;",
        ),
        ignores=("PMAK-",),
    )
