"""RunPod API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def runpod_key() -> Rule:
    """https://docs.runpod.io/get-started/api-keys"""
    return Rule(
        id="runpod-key",
        entity=SECRET,
        label="RunPod API key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>rpa_[A-Z0-9]{40,50})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"rpa_[A-Z0-9]{40}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦rpa_{AN40}⟧",
            "auth=⟦rpa_{AN40}⟧;",
        ),
        ignores=("rpa_x",),
    )
