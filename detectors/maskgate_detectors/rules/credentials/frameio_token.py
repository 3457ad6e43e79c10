"""Frame.io token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def frameio_token() -> Rule:
    """https://developer.adobe.com/frameio/guides/"""
    return Rule(
        id="frameio-token",
        entity=SECRET,
        label="Frame.io token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>fio-u-[A-Za-z0-9_=-]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=("fio-u-[A-Za-z0-9_=-]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦fio-u-{u64}⟧",
            "auth=⟦fio-u-{u64}⟧;",
        ),
        ignores=("fio-u-",),
    )
