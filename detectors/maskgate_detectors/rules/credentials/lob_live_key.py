"""Lob live API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def lob_live_key() -> Rule:
    """https://docs.lob.com/"""
    return Rule(
        id="lob-live-key",
        entity=SECRET,
        label="Lob live API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>live_(?:pub_)?[0-9a-f]{35})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"live_(?:pub_)?[0-9a-f]{35}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦live_{x35}⟧",
            "auth=⟦live_{x35}⟧;",
        ),
        ignores=("live_view",),
    )
