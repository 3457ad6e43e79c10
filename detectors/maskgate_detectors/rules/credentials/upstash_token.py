"""Upstash REST token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def upstash_token() -> Rule:
    """https://upstash.com/docs/redis/features/restapi"""
    return Rule(
        id="upstash-token",
        entity=SECRET,
        label="Upstash REST token",
        pattern=(
            r"(?i)upstash[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9_=-]{40,120})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)upstash[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("upstash redis rest token, upstash token"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9_=-]{40,120})",
        key_score=0.97,
        matches=(
            "upstash_redis_rest_token: ⟦{u56}⟧",
            "export upstash_KEY=⟦{u56}⟧ # x",
        ),
        ignores=("id {u56}",),
    )
