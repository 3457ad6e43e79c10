"""Notion integration token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def notion_token() -> Rule:
    """https://developers.notion.com/docs/authorization"""
    return Rule(
        id="notion-token",
        entity=SECRET,
        label="Notion integration token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{43,50}))(?:$|[^A-Za-z0-9_-])",
        triggers=("(?:secret|ntn)_[A-Za-z0-9]{43}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦secret_{an43}⟧",
            "⟦ntn_{an46}⟧",
            "auth=⟦secret_{an43}⟧;",
        ),
        ignores=("secret_key_base",),
    )
