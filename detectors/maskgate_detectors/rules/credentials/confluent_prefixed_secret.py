"""Confluent Cloud API secret with its prefix."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def confluent_prefixed_secret() -> Rule:
    """https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html"""
    return Rule(
        id="confluent-prefixed-secret",
        entity=SECRET,
        label="Confluent Cloud API secret with its prefix",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>cflt[A-Za-z0-9+/]{60})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"cflt[A-Za-z0-9+/]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦cflt{b60}⟧",
            "auth=⟦cflt{b60}⟧;",
        ),
        ignores=("cflt-topic",),
    )
