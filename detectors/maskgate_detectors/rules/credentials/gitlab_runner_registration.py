"""GitLab runner registration token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def gitlab_runner_registration() -> Rule:
    """https://docs.gitlab.com/runner/register/"""
    return Rule(
        id="gitlab-runner-registration",
        entity=SECRET,
        label="GitLab runner registration token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>GR1348941[A-Za-z0-9_-]{20})(?:$|[^A-Za-z0-9_-])",
        triggers=("GR1348941[A-Za-z0-9_-]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦GR1348941{u20}⟧",
            "auth=⟦GR1348941{u20}⟧;",
        ),
        ignores=("GR1348941",),
    )
