"""Paddle API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def paddle_api_key() -> Rule:
    """https://developer.paddle.com/api-reference/about/authentication"""
    return Rule(
        id="paddle-api-key",
        entity=SECRET,
        label="Paddle API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>pdl_(?:live|sdbx)_apikey_[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"pdl_(?:live|sdbx)_apikey_[a-z0-9]{26}_",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pdl_live_apikey_{ln26}_{an22}_{an3}⟧",
            "auth=⟦pdl_live_apikey_{ln26}_{an22}_{an3}⟧;",
        ),
        ignores=("pdl_live_x",),
    )
