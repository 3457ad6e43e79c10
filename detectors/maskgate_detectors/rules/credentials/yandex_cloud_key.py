"""Yandex Cloud API key or token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def yandex_cloud_key() -> Rule:
    """https://yandex.cloud/en/docs/iam/concepts/authorization/api-key"""
    return Rule(
        id="yandex-cloud-key",
        entity=SECRET,
        label="Yandex Cloud API key or token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>(?:AQVN[A-Za-z0-9_-]{35,38}"
            r"|t1\.[A-Z0-9a-z_-]{8,}={0,2}\.[A-Z0-9a-z_-]{86}|y0_[A-Za-z0-9_-]{50,60}|YC[a-zA-Z0-9_-]{38}))(?:$"
            r"|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?:AQVN[A-Za-z0-9_-]{35}|t1\.[A-Z0-9a-z_-]{8}|y0_[A-Za-z0-9_-]{50}|YC[a-zA-Z0-9_-]{38})",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AQVN{u36}⟧",
            "⟦y0_{u54}⟧",
            "auth=⟦AQVN{u36}⟧;",
        ),
        ignores=("y0_x",),
    )
