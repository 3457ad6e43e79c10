"""Microsoft Teams or Office webhook."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def teams_webhook() -> Rule:
    """https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook"""
    return Rule(
        id="teams-webhook",
        entity=SECRET,
        label="Microsoft Teams or Office webhook",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>https://[a-z0-9-]{1,60}\.webhook\.office\.com/webhookb2/[0-9a-f-]"
            r"{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"webhook\.office\.com\\?/webhookb2",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦https://acme.webhook.office.com/webhookb2/{x8}-{x4}-{x4}-{x4}-{x12}@{x8}-{x4}-{x4}-{x4}-{x12}/I"
            "ncomingWebhook/{x32}/{x8}-{x4}-{x4}-{x4}-{x12}⟧",
            "auth=⟦https://acme.webhook.office.com/webhookb2/{x8}-{x4}-{x4}-{x4}-{x12}@{x8}-{x4}-{x4}-{x4}-"
            "{x12}/IncomingWebhook/{x32}/{x8}-{x4}-{x4}-{x4}-{x12}⟧;",
        ),
        ignores=("https://acme.webhook.office.com/",),
    )
