"""HashiCorp Vault token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def hashicorp_vault_token() -> Rule:
    """https://developer.hashicorp.com/vault/docs/concepts/tokens"""
    return Rule(
        id="hashicorp-vault-token",
        entity=SECRET,
        label="HashiCorp Vault token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>(?:hvs|hvb|hvr)\.[A-Za-z0-9_-]{24,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"hv[sbr]\.[A-Za-z0-9_-]{24}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦hvs.{u95}⟧",
            "⟦hvs.{an24}⟧",
            "auth=⟦hvs.{u95}⟧;",
        ),
        ignores=("hvs.x",),
    )
