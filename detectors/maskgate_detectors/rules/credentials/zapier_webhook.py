"""Zapier webhook."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def zapier_webhook() -> Rule:
    """https://zapier.com/apps/webhook/integrations"""
    return Rule(
        id="zapier-webhook",
        entity=SECRET,
        label="Zapier webhook",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>https://(?:www\.)?hooks\.zapier\.com/hooks/catch/\d{5,9}/[a-z0-9]"
            r"{5,10}/?)(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"hooks\.zapier\.com\\?/hooks",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦https://hooks.zapier.com/hooks/catch/{d7}/{ln7}⟧",
            "auth=⟦https://hooks.zapier.com/hooks/catch/{d7}/{ln7}⟧;",
        ),
        ignores=("https://hooks.zapier.com/hooks/",),
    )
