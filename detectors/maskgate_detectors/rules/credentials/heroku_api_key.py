"""Heroku API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def heroku_api_key() -> Rule:
    """https://devcenter.heroku.com/articles/authentication"""
    return Rule(
        id="heroku-api-key",
        entity=SECRET,
        label="Heroku API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>HRKU-[A-Za-z0-9_-]{36,64})(?:$|[^A-Za-z0-9_-])",
        triggers=("HRKU-[A-Za-z0-9_-]{36}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦HRKU-AA{u58}⟧",
            "⟦HRKU-{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "auth=⟦HRKU-AA{u58}⟧;",
        ),
        ignores=("HRKU-x",),
    )
