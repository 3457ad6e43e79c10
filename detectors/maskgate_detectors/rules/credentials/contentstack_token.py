"""Contentstack management token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def contentstack_token() -> Rule:
    """https://www.contentstack.com/docs/developers/create-tokens"""
    return Rule(
        id="contentstack-token",
        entity=SECRET,
        label="Contentstack management token",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>cs[a-z0-9]{8}[0-9a-f]{24})(?:$|[^A-Za-z0-9_-])",
        triggers=("[^A-Za-z0-9]cs[a-z0-9]{8}[0-9a-f]{24}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "token ⟦cs{ln8}{x24}⟧",
            "token ⟦cs{ln8}{x24}⟧,",
        ),
        ignores=("cs",),
    )
