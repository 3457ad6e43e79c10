"""GitLab personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def gitlab_personal_access_token() -> Rule:
    """https://docs.gitlab.com/security/tokens/#token-prefixes"""
    return Rule(
        id="gitlab-personal-access-token",
        entity=SECRET,
        label="GitLab personal access token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>glpat-[A-Za-z0-9_-]{20,}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9})?)(?:$"
            r"|[^A-Za-z0-9_-])"
        ),
        triggers=("glpat-[A-Za-z0-9_-]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦glpat-{u20}⟧",
            "⟦glpat-{u27}.01.{ln9}⟧",
            "⟦glpat-{u27}.01{ln7}⟧",
            "auth=⟦glpat-{u20}⟧;",
        ),
        ignores=("glpat-short",),
    )
