"""Weights & Biases API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def wandb_api_key() -> Rule:
    """https://docs.wandb.ai/"""
    return Rule(
        id="wandb-api-key",
        entity=SECRET,
        label="Weights & Biases API key",
        pattern=(
            r"(?i)(?:wandb|weights[_-]and[_-]biases)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:wandb|weights[_-]and[_-]biases)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("wandb api key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{40})",
        key_score=0.97,
        matches=(
            "wandb_api_key: ⟦{x40}⟧",
            "export wandb_KEY=⟦{x40}⟧ # x",
        ),
        ignores=("id {x40}",),
    )
