"""Amazon Login with Amazon client secret or token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def amazon_lwa_secret() -> Rule:
    """https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api"""
    return Rule(
        id="amazon-lwa-secret",
        entity=SECRET,
        label="Amazon Login with Amazon client secret or token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>(?:amzn1\.oa2-cs\.v1\.[0-9a-f]{64}|Atz[ar]\|[A-Za-z0-9_-]{60,}))(?:$|[^A-Za-z0-9_-])",
        triggers=(r"(?:amzn1\.oa2-cs\.v1\.|Atz[ar]\|)[A-Za-z0-9_-]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦amzn1.oa2-cs.v1.{x64}⟧",
            "auth=⟦amzn1.oa2-cs.v1.{x64}⟧;",
        ),
        ignores=("amzn1.oa2-cs.v1.x",),
    )
