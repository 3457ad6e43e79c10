"""AWS access key id."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def aws_access_key_id() -> Rule:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"""
    return Rule(
        id="aws-access-key-id",
        entity=SECRET,
        label="AWS access key id",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})(?:$|[^A-Za-z0-9_-])",
        triggers=("A[KSBC][IC]A[A-Z0-9]{16}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AKIA{B16}⟧",
            "auth=⟦AKIA{B16}⟧;",
        ),
        ignores=("AKIAXXXXXXXXXXXXXXXX",),
    )
