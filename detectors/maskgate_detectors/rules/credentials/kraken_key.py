"""Kraken private key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def kraken_key() -> Rule:
    """https://docs.kraken.com/api/"""
    return Rule(
        id="kraken-key",
        entity=SECRET,
        label="Kraken private key",
        pattern=(
            r"(?i)kraken[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9/+]{86}==|[A-Za-z0-9/+]{56})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)kraken[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("kraken api key, kraken private key, kraken api secret"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9/+]{86}==|[A-Za-z0-9/+]{56})",
        key_score=0.97,
        matches=(
            "kraken_api_key: ⟦{b86}==⟧",
            "export kraken_KEY=⟦{b86}==⟧ # x",
        ),
        ignores=("id {b86}==",),
    )
