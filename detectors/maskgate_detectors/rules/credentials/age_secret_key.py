"""age secret key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def age_secret_key() -> Rule:
    """https://age-encryption.org/v1"""
    return Rule(
        id="age-secret-key",
        entity=SECRET,
        label="age secret key",
        pattern=(
            "(?:^|[^A-Za-z0-9])(?P<value>AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=("AGE-SECRET-KEY-1[A-Z0-9]{20}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE⟧",
            "auth=⟦AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE⟧;",
        ),
        ignores=("AGE-SECRET-KEY-1",),
    )
