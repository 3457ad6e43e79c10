"""Terraform Cloud token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def terraform_cloud_token() -> Rule:
    """https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens"""
    return Rule(
        id="terraform-cloud-token",
        entity=SECRET,
        label="Terraform Cloud token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"\.atlasv1\.[A-Za-z0-9_=-]{60}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦{an14}.atlasv1.{u67}⟧",
            "auth=⟦{an14}.atlasv1.{u67}⟧;",
        ),
        ignores=("x.atlasv1.y",),
    )
