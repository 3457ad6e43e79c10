"""Square access token or OAuth secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def square_token() -> Rule:
    """https://developer.squareup.com/docs/build-basics/access-tokens"""
    return Rule(
        id="square-token",
        entity=SECRET,
        label="Square access token or OAuth secret",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>(?:sq0atp-[A-Za-z0-9_-]{22}|sq0csp-[A-Za-z0-9_-]{43}"
            "|EAAA[A-Za-z0-9_-]{56,60}))(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("(?:sq0atp-|sq0csp-|EAAA)[A-Za-z0-9_-]{22}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sq0atp-{u22}⟧",
            "⟦sq0csp-{u43}⟧",
            "auth=⟦sq0atp-{u22}⟧;",
        ),
        ignores=("sq0atp-x",),
    )
