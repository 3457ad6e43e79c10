"""Matrix access token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def matrix_access_token() -> Rule:
    """https://spec.matrix.org/latest/client-server-api/#using-access-tokens"""
    return Rule(
        id="matrix-access-token",
        entity=SECRET,
        label="Matrix access token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>sy[tr]_[A-Za-z0-9+/=]{4,80}_[A-Za-z]{20}_[0-9A-Za-z]{6})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"sy[tr]_[A-Za-z0-9+/=]{4,80}_[A-Za-z]{20}_",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦syt_{an12}_{al20}_{an6}⟧",
            "auth=⟦syt_{an12}_{al20}_{an6}⟧;",
        ),
        ignores=("syt_x_y_z",),
    )
