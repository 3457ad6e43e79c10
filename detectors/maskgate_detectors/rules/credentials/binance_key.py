"""Binance API key or secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def binance_key() -> Rule:
    """https://developers.binance.com/docs/"""
    return Rule(
        id="binance-key",
        entity=SECRET,
        label="Binance API key or secret",
        pattern=(
            r"(?i)binance[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{64})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)binance[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("binance api key, binance secret key, binance api secret"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{64})",
        key_score=0.97,
        matches=(
            "binance_api_key: ⟦{an64}⟧",
            "export binance_KEY=⟦{an64}⟧ # x",
        ),
        ignores=("id {an64}",),
    )
