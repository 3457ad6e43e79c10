"""Supabase access token or secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def supabase_token() -> Rule:
    """https://supabase.com/docs/guides/api/api-keys"""
    return Rule(
        id="supabase-token",
        entity=SECRET,
        label="Supabase access token or secret key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{22,40}))(?:$|[^A-Za-z0-9_-])",
        triggers=("sb(?:p_[0-9a-f]{40}|_secret_[A-Za-z0-9_-]{22})",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sbp_{x40}⟧",
            "⟦sb_secret_{u31}⟧",
            "auth=⟦sbp_{x40}⟧;",
        ),
        ignores=("sbp_x",),
    )
