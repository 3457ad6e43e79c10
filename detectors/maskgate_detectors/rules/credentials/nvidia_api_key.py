"""NVIDIA API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def nvidia_api_key() -> Rule:
    """https://docs.api.nvidia.com/"""
    return Rule(
        id="nvidia-api-key",
        entity=SECRET,
        label="NVIDIA API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>nvapi-[A-Za-z0-9_-]{60,70})(?:$|[^A-Za-z0-9_-])",
        triggers=("nvapi-[A-Za-z0-9_-]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦nvapi-{u64}⟧",
            "auth=⟦nvapi-{u64}⟧;",
        ),
        ignores=("nvapi-x",),
    )
