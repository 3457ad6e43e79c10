"""Buildkite API or agent token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def buildkite_token() -> Rule:
    """https://buildkite.com/docs/apis/managing-api-tokens"""
    return Rule(
        id="buildkite-token",
        entity=SECRET,
        label="Buildkite API or agent token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>bk(?:ua|aj|ct|pt|at)_[0-9a-zA-Z]{40,60})(?:$|[^A-Za-z0-9_-])",
        triggers=("bk(?:ua|aj|ct|pt|at)_[0-9a-zA-Z]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦bkua_{x40}⟧",
            "auth=⟦bkua_{x40}⟧;",
        ),
        ignores=("bkua_",),
    )
