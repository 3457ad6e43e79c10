"""PubNub secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def pubnub_secret_key() -> Rule:
    """https://www.pubnub.com/docs/general/basics/set-up-your-account"""
    return Rule(
        id="pubnub-secret-key",
        entity=SECRET,
        label="PubNub secret key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>sec-c-[A-Za-z0-9]{48,}={0,2})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"sec-c-[A-Za-z0-9]{48}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sec-c-{an48}⟧",
            "auth=⟦sec-c-{an48}⟧;",
        ),
        ignores=("sec-c-x",),
    )
