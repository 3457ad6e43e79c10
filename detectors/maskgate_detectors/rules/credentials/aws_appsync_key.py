"""AWS AppSync API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def aws_appsync_key() -> Rule:
    """https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html"""
    return Rule(
        id="aws-appsync-key",
        entity=SECRET,
        label="AWS AppSync API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>da2-[a-z0-9]{26})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"da2-[a-z0-9]{26}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦da2-{ln26}⟧",
            "auth=⟦da2-{ln26}⟧;",
        ),
        ignores=("da2-x",),
    )
