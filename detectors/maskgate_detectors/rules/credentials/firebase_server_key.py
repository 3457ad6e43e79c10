"""Firebase Cloud Messaging server key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def firebase_server_key() -> Rule:
    """https://firebase.google.com/docs/cloud-messaging"""
    return Rule(
        id="firebase-server-key",
        entity=SECRET,
        label="Firebase Cloud Messaging server key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>AAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{140})(?:$|[^A-Za-z0-9_-])",
        triggers=("AAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AAAA{u7}:{u140}⟧",
            "auth=⟦AAAA{u7}:{u140}⟧;",
        ),
        ignores=("AAAA1234567:x",),
    )
