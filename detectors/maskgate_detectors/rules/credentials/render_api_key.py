"""Render API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def render_api_key() -> Rule:
    """https://render.com/docs/api"""
    return Rule(
        id="render-api-key",
        entity=SECRET,
        label="Render API key",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>rnd_[A-Za-z0-9]{28,32})(?:$|[^A-Za-z0-9_-])",
        triggers=("rnd_[A-Za-z0-9]{28}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦rnd_{an32}⟧",
            "auth=⟦rnd_{an32}⟧;",
        ),
        ignores=("rnd_x",),
    )
