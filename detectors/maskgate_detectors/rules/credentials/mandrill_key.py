"""Mandrill API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def mandrill_key() -> Rule:
    """https://mailchimp.com/developer/transactional/guides/quick-start/"""
    return Rule(
        id="mandrill-key",
        entity=SECRET,
        label="Mandrill API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>md-[A-Za-z0-9_-]{22})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"md-[A-Za-z0-9_-]{22}",),
        validate=secret_checks.random_token,
        valid_score=0.9,
        matches=(
            "⟦md-{u22}⟧",
            "auth=⟦md-{u22}⟧;",
        ),
        ignores=("md-form-field-wrapper-box",),
    )
