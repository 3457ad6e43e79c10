"""GitLab deploy, runner, trigger, feed, agent or OAuth token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def gitlab_other_token() -> Rule:
    """https://docs.gitlab.com/security/tokens/#token-prefixes"""
    return Rule(
        id="gitlab-other-token",
        entity=SECRET,
        label="GitLab deploy, runner, trigger, feed, agent or OAuth token",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>(?:gldt|glrt|glrtr|glptt|glcbt|glimt|glft|glagent|gloas|glsoat"
            "|glffct|glwt)-[A-Za-z0-9_-]{20,300}(?:\\.[0-9a-z]{2}\\.?[0-9a-z]{7,9})?)(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("gl[a-z]{2,5}-[A-Za-z0-9_-]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦glrt-{u20}⟧",
            "⟦glptt-{x40}⟧",
            "⟦gldt-{u20}⟧",
            "auth=⟦glrt-{u20}⟧;",
        ),
        ignores=("glossy-{an4}",),
    )
