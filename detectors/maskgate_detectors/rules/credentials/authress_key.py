"""Authress service client key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def authress_key() -> Rule:
    """https://authress.io/knowledge-base/docs/authorization/service-clients/"""
    return Rule(
        id="authress-key",
        entity=SECRET,
        label="Authress service client key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30,120})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-]",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sc_{an10}.{an4}.acc_{an10}.{an40}⟧",
            "auth=⟦sc_{an10}.{an4}.acc_{an10}.{an40}⟧;",
        ),
        ignores=("sc_x.y.acc_z",),
    )
