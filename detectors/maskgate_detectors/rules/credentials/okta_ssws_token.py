"""Okta API token in a header."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def okta_ssws_token() -> Rule:
    """https://developer.okta.com/docs/guides/create-an-api-token/"""
    return Rule(
        id="okta-ssws-token",
        entity=SECRET,
        label="Okta API token in a header",
        pattern="SSWS (?P<value>00[A-Za-z0-9_-]{39,41})",
        triggers=("SSWS 00[A-Za-z0-9_-]{39}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=("SSWS ⟦00{u40}⟧",),
        ignores=("SSWS x",),
    )
