"""Socket API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def socket_security_token() -> Rule:
    """https://docs.socket.dev/docs/api-keys"""
    return Rule(
        id="socket-security-token",
        entity=SECRET,
        label="Socket API token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>sktsec_[A-Za-z0-9_-]{30,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"sktsec_[A-Za-z0-9_-]{30}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sktsec_{an40}⟧",
            "auth=⟦sktsec_{an40}⟧;",
        ),
        ignores=("sktsec_x",),
    )
