"""AWS temporary session token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def aws_sts_session_token() -> Rule:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html"""
    return Rule(
        id="aws-sts-session-token",
        entity=SECRET,
        label="AWS temporary session token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9/+]{100,}={0,2})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9/+]{80}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦IQoJb3JpZ2lu{b240}⟧",
            "auth=⟦IQoJb3JpZ2lu{b240}⟧;",
        ),
        ignores=("IQoJb3JpZ2luX2Vj",),
    )
