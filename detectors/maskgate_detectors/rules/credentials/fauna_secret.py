"""Fauna secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def fauna_secret() -> Rule:
    """https://docs.faunadb.org/fauna/current/learn/security/authentication/"""
    return Rule(
        id="fauna-secret",
        entity=SECRET,
        label="Fauna secret",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>fnA[A-Za-z][A-Za-z0-9_-]{36,52})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"fnA[A-Za-z][A-Za-z0-9_-]{36}",),
        validate=secret_checks.random_token,
        valid_score=0.9,
        matches=(
            "⟦fnAE{u38}⟧",
            "auth=⟦fnAE{u38}⟧;",
        ),
        ignores=("fnAx",),
    )
