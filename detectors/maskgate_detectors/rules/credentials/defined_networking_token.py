"""Defined Networking API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def defined_networking_token() -> Rule:
    """https://docs.defined.net/get-started/automating-host-creation/"""
    return Rule(
        id="defined-networking-token",
        entity=SECRET,
        label="Defined Networking API token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>dnkey-[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"dnkey-[A-Za-z0-9=_-]{26}-",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦dnkey-{an26}-{an52}⟧",
            "auth=⟦dnkey-{an26}-{an52}⟧;",
        ),
        ignores=("dnkey-x",),
    )
