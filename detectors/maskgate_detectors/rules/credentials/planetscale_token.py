"""PlanetScale token or password."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def planetscale_token() -> Rule:
    """https://planetscale.com/docs/concepts/service-tokens"""
    return Rule(
        id="planetscale-token",
        entity=SECRET,
        label="PlanetScale token or password",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32,64})(?:$|[^A-Za-z0-9_-])",
        triggers=("pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pscale_tkn_{u43}⟧",
            "⟦pscale_pw_{u43}⟧",
            "auth=⟦pscale_tkn_{u43}⟧;",
        ),
        ignores=("pscale_tkn_",),
    )
