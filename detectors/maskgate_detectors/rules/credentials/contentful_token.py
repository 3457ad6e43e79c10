"""Contentful management token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def contentful_token() -> Rule:
    """https://www.contentful.com/developers/docs/references/authentication/"""
    return Rule(
        id="contentful-token",
        entity=SECRET,
        label="Contentful management token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>CFPAT-[A-Za-z0-9_-]{43})(?:$|[^A-Za-z0-9_-])",
        triggers=("CFPAT-[A-Za-z0-9_-]{43}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦CFPAT-{u43}⟧",
            "auth=⟦CFPAT-{u43}⟧;",
        ),
        ignores=("CFPAT-",),
    )
