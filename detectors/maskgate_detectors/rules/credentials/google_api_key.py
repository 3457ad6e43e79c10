"""Google API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def google_api_key() -> Rule:
    """https://cloud.google.com/docs/authentication/api-keys"""
    return Rule(
        id="google-api-key",
        entity=SECRET,
        label="Google API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>AIza[A-Za-z0-9_-]{35})(?:$|[^A-Za-z0-9_-])",
        triggers=("AIza[A-Za-z0-9_-]{35}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AIza{u35}⟧",
            "auth=⟦AIza{u35}⟧;",
        ),
        ignores=("AIzaShort",),
    )
