"""Flutterwave secret or encryption key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def flutterwave_key() -> Rule:
    """https://developer.flutterwave.com/docs/authentication"""
    return Rule(
        id="flutterwave-key",
        entity=SECRET,
        label="Flutterwave secret or encryption key",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>FLW(?:SECK|PUBK)(?:_TEST)?-[0-9a-z]{32}-X"
            "|FLWSECK_TEST[0-9a-h]{12})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("FLW(?:SECK|PUBK)(?:_TEST)?-?[0-9a-z]{12}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦FLWSECK-{x32}-X⟧",
            "auth=⟦FLWSECK-{x32}-X⟧;",
        ),
        ignores=("FLWSECK",),
    )
