"""Anyscale secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def anyscale_secret() -> Rule:
    """https://docs.anyscale.com/"""
    return Rule(
        id="anyscale-secret",
        entity=SECRET,
        label="Anyscale secret",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>esecret_[A-Za-z0-9]{24,48})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"esecret_[A-Za-z0-9]{24}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦esecret_{ln40}⟧",
            "auth=⟦esecret_{ln40}⟧;",
        ),
        ignores=("esecret_x",),
    )
