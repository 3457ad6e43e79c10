"""Together AI API key with its prefix."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def together_prefixed_key() -> Rule:
    """https://docs.together.ai/docs/quickstart"""
    return Rule(
        id="together-prefixed-key",
        entity=SECRET,
        label="Together AI API key with its prefix",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>tgp_v1_[A-Za-z0-9_-]{43})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"tgp_v1_[A-Za-z0-9_-]{43}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦tgp_v1_{u43}⟧",
            "auth=⟦tgp_v1_{u43}⟧;",
        ),
        ignores=("tgp_v1_x",),
    )
