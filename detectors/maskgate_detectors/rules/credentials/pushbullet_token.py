"""Pushbullet access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def pushbullet_token() -> Rule:
    """https://docs.pushbullet.com/"""
    return Rule(
        id="pushbullet-token",
        entity=SECRET,
        label="Pushbullet access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>o\.[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"[^A-Za-z0-9]o\.[A-Za-z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "key ⟦o.{an32}⟧",
            "key ⟦o.{an32}⟧,",
        ),
        ignores=("o.x",),
    )
