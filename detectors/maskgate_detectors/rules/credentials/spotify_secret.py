"""Spotify client secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def spotify_secret() -> Rule:
    """https://developer.spotify.com/documentation/web-api/concepts/apps"""
    return Rule(
        id="spotify-secret",
        entity=SECRET,
        label="Spotify client secret",
        pattern=(
            r"(?i)spotify[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)spotify[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("spotify client secret"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "spotify_client_secret: ⟦{x32}⟧",
            "export spotify_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
