"""Amazon MWS auth token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def aws_mws_token() -> Rule:
    """https://developer-docs.amazon.com/sp-api/docs"""
    return Rule(
        id="aws-mws-token",
        entity=SECRET,
        label="Amazon MWS auth token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>amzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]"
            r"{12})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"amzn\.mws\.[0-9a-f]{8}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦amzn.mws.{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "auth=⟦amzn.mws.{x8}-{x4}-{x4}-{x4}-{x12}⟧;",
        ),
        ignores=("amzn.mws.",),
    )
