"""HashiCorp Vault token of old form."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def vault_legacy_token() -> Rule:
    """https://developer.hashicorp.com/vault/docs/concepts/tokens"""
    return Rule(
        id="vault-legacy-token",
        entity=SECRET,
        label="HashiCorp Vault token of old form",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>[sb]\.[A-Za-z0-9]{24})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"[sb]\.[A-Za-z0-9]{24}",),
        validate=secret_checks.random_token,
        valid_score=0.85,
        matches=(
            "⟦s.{an24}⟧",
            "auth=⟦s.{an24}⟧;",
        ),
        ignores=("s.toString",),
    )
