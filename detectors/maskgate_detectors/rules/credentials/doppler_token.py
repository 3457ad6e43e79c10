"""Doppler token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def doppler_token() -> Rule:
    """https://docs.doppler.com/docs/service-tokens"""
    return Rule(
        id="doppler-token",
        entity=SECRET,
        label="Doppler token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>dp\.(?:pt|st|ct|sa|scim"
            r"|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦dp.pt.{an43}⟧",
            "⟦dp.st.prd.{an43}⟧",
            "auth=⟦dp.pt.{an43}⟧;",
        ),
        ignores=("dp.st.",),
    )
