"""CircleCI personal or project token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def circleci_token() -> Rule:
    """https://circleci.com/docs/managing-api-tokens/"""
    return Rule(
        id="circleci-token",
        entity=SECRET,
        label="CircleCI personal or project token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])",
        triggers=("CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦CCIPAT_{an22}_{x40}⟧",
            "auth=⟦CCIPAT_{an22}_{x40}⟧;",
        ),
        ignores=("CCIPAT_",),
    )
