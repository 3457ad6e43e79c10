"""Typeform personal access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def typeform_token() -> Rule:
    """https://www.typeform.com/developers/get-started/personal-access-token/"""
    return Rule(
        id="typeform-token",
        entity=SECRET,
        label="Typeform personal access token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>tfp_[A-Za-z0-9_.=-]{40,60})(?:$|[^A-Za-z0-9_-])",
        triggers=("tfp_[A-Za-z0-9_.=-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦tfp_{an44}_{an14}⟧",
            "auth=⟦tfp_{an44}_{an14}⟧;",
        ),
        ignores=("tfp_x",),
    )
