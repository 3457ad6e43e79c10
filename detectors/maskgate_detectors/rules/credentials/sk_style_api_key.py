"""API key in the style that many providers of language models share."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def sk_style_api_key() -> Rule:
    """https://api-docs.deepseek.com/"""
    return Rule(
        id="sk-style-api-key",
        entity=SECRET,
        label="API key in the style that many providers of language models share",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>sk-(?:[0-9a-f]{32}|[A-Za-z0-9]{48}|[A-Za-z0-9]{64}))(?:$|[^A-Za-z0-9_-])",
        triggers=(r"sk-[A-Za-z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sk-{x32}⟧",
            "auth=⟦sk-{x32}⟧;",
        ),
        ignores=("sk-learn-contrib",),
    )
