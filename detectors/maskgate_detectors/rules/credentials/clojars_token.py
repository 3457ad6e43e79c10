"""Clojars deploy token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def clojars_token() -> Rule:
    """https://github.com/clojars/clojars-web/wiki/Deploy-Tokens"""
    return Rule(
        id="clojars-token",
        entity=SECRET,
        label="Clojars deploy token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>CLOJARS_[a-z0-9]{60})(?:$|[^A-Za-z0-9_-])",
        triggers=("CLOJARS_[a-z0-9]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦CLOJARS_{x60}⟧",
            "auth=⟦CLOJARS_{x60}⟧;",
        ),
        ignores=("CLOJARS_URL",),
    )
