"""Coinbase API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def coinbase_key() -> Rule:
    """https://docs.cdp.coinbase.com/"""
    return Rule(
        id="coinbase-key",
        entity=SECRET,
        label="Coinbase API key",
        pattern=(
            r"(?i)coinbase[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9_+/=-]{32,88})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)coinbase[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("coinbase api key, coinbase api secret, coinbase secret"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9_+/=-]{32,88})",
        key_score=0.97,
        matches=(
            "coinbase_api_key: ⟦{an64}⟧",
            "export coinbase_KEY=⟦{an64}⟧ # x",
        ),
        ignores=("id {an64}",),
    )
