"""Algolia admin key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def algolia_key() -> Rule:
    """https://www.algolia.com/doc/guides/security/api-keys/"""
    return Rule(
        id="algolia-key",
        entity=SECRET,
        label="Algolia admin key",
        pattern=(
            r"(?i)algolia[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)algolia[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("algolia api key, algolia admin key, algolia admin api key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "algolia_api_key: ⟦{x32}⟧",
            "export algolia_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
