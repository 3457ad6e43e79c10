"""Endor Labs API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def endor_labs_key() -> Rule:
    """https://docs.endorlabs.com/administration/api-keys/"""
    return Rule(
        id="endor-labs-key",
        entity=SECRET,
        label="Endor Labs API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>endr\+[A-Za-z0-9-]{16})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"endr\+[A-Za-z0-9-]{16}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦endr+{an16}⟧",
            "auth=⟦endr+{an16}⟧;",
        ),
        ignores=("endr+x",),
    )
