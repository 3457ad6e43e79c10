"""Dropbox access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def dropbox_access_token() -> Rule:
    """https://developers.dropbox.com/oauth-guide"""
    return Rule(
        id="dropbox-access-token",
        entity=SECRET,
        label="Dropbox access token",
        pattern=r"(?:^|[^A-Za-z0-9_-])(?P<value>sl\.(?:u\.)?[A-Za-z0-9_-]{120,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"sl\.(?:u\.)?[A-Za-z0-9_-]{120}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sl.{u136}⟧",
            "auth=⟦sl.{u136}⟧;",
        ),
        ignores=("sl.subtitles",),
    )
