"""Perplexity API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def perplexity_api_key() -> Rule:
    """https://docs.perplexity.ai/"""
    return Rule(
        id="perplexity-api-key",
        entity=SECRET,
        label="Perplexity API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>pplx-[A-Za-z0-9]{48})(?:$|[^A-Za-z0-9_-])",
        triggers=("pplx-[A-Za-z0-9]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pplx-{an48}⟧",
            "auth=⟦pplx-{an48}⟧;",
        ),
        ignores=("pplx-7b-online",),
    )
