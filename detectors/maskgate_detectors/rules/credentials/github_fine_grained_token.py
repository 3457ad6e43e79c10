"""GitHub fine-grained personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def github_fine_grained_token() -> Rule:
    """https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens"""
    return Rule(
        id="github-fine-grained-token",
        entity=SECRET,
        label="GitHub fine-grained personal access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>github_pat_[A-Za-z0-9_]{82})(?:$|[^A-Za-z0-9_-])",
        triggers=("github_pat_[A-Za-z0-9_]{22}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦github_pat_{an22}_{an59}⟧",
            "auth=⟦github_pat_{an22}_{an59}⟧;",
        ),
        ignores=("github_pat_example",),
    )
