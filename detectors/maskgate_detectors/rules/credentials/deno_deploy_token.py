"""Deno Deploy token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def deno_deploy_token() -> Rule:
    """https://docs.deno.com/deploy/manual/deployctl/"""
    return Rule(
        id="deno-deploy-token",
        entity=SECRET,
        label="Deno Deploy token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>dd[pow]_[A-Za-z0-9]{36,40})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"dd[pow]_[A-Za-z0-9]{36}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦ddp_{an36}⟧",
            "auth=⟦ddp_{an36}⟧;",
        ),
        ignores=("ddp_x",),
    )
