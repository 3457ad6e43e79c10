"""Infura project secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def infura_key() -> Rule:
    """https://docs.metamask.io/services/get-started/infura/"""
    return Rule(
        id="infura-key",
        entity=SECRET,
        label="Infura project secret",
        pattern=(
            r"(?i)infura[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)infura[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("infura project secret, infura api key, infura key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "infura_project_secret: ⟦{x32}⟧",
            "export infura_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
