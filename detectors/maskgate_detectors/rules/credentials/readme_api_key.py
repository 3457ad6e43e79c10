"""ReadMe API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def readme_api_key() -> Rule:
    """https://docs.readme.com/main/reference/intro/authentication"""
    return Rule(
        id="readme-api-key",
        entity=SECRET,
        label="ReadMe API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>rdme_[a-z0-9]{70})(?:$|[^A-Za-z0-9_-])",
        triggers=("rdme_[a-z0-9]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦rdme_{ln70}⟧",
            "auth=⟦rdme_{ln70}⟧;",
        ),
        ignores=("rdme_x",),
    )
