"""AWS Bedrock API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def aws_bedrock_api_key() -> Rule:
    """https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html"""
    return Rule(
        id="aws-bedrock-api-key",
        entity=SECRET,
        label="AWS Bedrock API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>ABSK[A-Za-z0-9+/]{100,}={0,2})(?:$|[^A-Za-z0-9_-])",
        triggers=("ABSK[A-Za-z0-9+/]{100}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦ABSK{b128}⟧",
            "auth=⟦ABSK{b128}⟧;",
        ),
        ignores=("ABSK",),
    )
