"""SonarQube or SonarCloud token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def sonarqube_token() -> Rule:
    """https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/"""
    return Rule(
        id="sonarqube-token",
        entity=SECRET,
        label="SonarQube or SonarCloud token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>sq[pua]_[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])",
        triggers=("sq[pua]_[0-9a-f]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sqp_{x40}⟧",
            "⟦squ_{x40}⟧",
            "auth=⟦sqp_{x40}⟧;",
        ),
        ignores=("sqp_x",),
    )
