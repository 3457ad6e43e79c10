"""Infracost API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def infracost_key() -> Rule:
    """https://www.infracost.io/docs/integrations/cicd/"""
    return Rule(
        id="infracost-key",
        entity=SECRET,
        label="Infracost API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>ico-[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"ico-[A-Za-z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦ico-{an32}⟧",
            "auth=⟦ico-{an32}⟧;",
        ),
        ignores=("ico-arrow",),
    )
