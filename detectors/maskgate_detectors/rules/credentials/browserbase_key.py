"""Browserbase API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def browserbase_key() -> Rule:
    """https://docs.browserbase.com/"""
    return Rule(
        id="browserbase-key",
        entity=SECRET,
        label="Browserbase API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>bb_(?:live|test)_[A-Za-z0-9_-]{24,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"bb_(?:live|test)_[A-Za-z0-9_-]{24}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦bb_live_{an27}⟧",
            "auth=⟦bb_live_{an27}⟧;",
        ),
        ignores=("bb_live_x",),
    )
