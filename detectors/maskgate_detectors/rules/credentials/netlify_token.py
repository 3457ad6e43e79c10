"""Netlify personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def netlify_token() -> Rule:
    """https://docs.netlify.com/api/get-started/"""
    return Rule(
        id="netlify-token",
        entity=SECRET,
        label="Netlify personal access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>nf[pcou]_[A-Za-z0-9]{36})(?:$|[^A-Za-z0-9_-])",
        triggers=("nf[pcou]_[A-Za-z0-9]{36}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦nfp_{an36}⟧",
            "auth=⟦nfp_{an36}⟧;",
        ),
        ignores=("nfp_x",),
    )
