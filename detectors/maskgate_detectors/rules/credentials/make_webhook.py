"""Make (Integromat) webhook."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def make_webhook() -> Rule:
    """https://www.make.com/en/help/tools/webhooks"""
    return Rule(
        id="make-webhook",
        entity=SECRET,
        label="Make (Integromat) webhook",
        pattern=r"(?P<value>https://hook\.(?:(?:eu|us)\d\.make|integromat)\.com/[a-z0-9]{32})",
        triggers=(r"hook\.(?:(?:eu|us)\d\.make|integromat)\.com/[a-z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=("⟦https://hook.eu1.make.com/{ln32}⟧",),
        ignores=("https://hook.eu1.make.com/docs",),
    )
