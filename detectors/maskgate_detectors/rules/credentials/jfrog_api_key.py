"""JFrog Artifactory API key or identity token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def jfrog_api_key() -> Rule:
    """https://jfrog.com/help/r/jfrog-platform-administration-documentation/user-profile"""
    return Rule(
        id="jfrog-api-key",
        entity=SECRET,
        label="JFrog Artifactory API key or identity token",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>AKCp[A-Za-z0-9]{69}|cmVmdGtu[A-Za-z0-9]{56})(?:$|[^A-Za-z0-9_-])",
        triggers=("(?:AKCp|cmVmdGtu)[A-Za-z0-9]{50}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AKCp{an69}⟧",
            "⟦cmVmdGtu{an56}⟧",
            "auth=⟦AKCp{an69}⟧;",
        ),
        ignores=("AKCp",),
    )
