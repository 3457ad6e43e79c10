"""Docker Hub access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def docker_hub_token() -> Rule:
    """https://docs.docker.com/security/access-tokens/"""
    return Rule(
        id="docker-hub-token",
        entity=SECRET,
        label="Docker Hub access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,32})(?:$|[^A-Za-z0-9_-])",
        triggers=("dckr_[po]at_[A-Za-z0-9_-]{27}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦dckr_pat_{u27}⟧",
            "auth=⟦dckr_pat_{u27}⟧;",
        ),
        ignores=("dckr_pat_",),
    )
