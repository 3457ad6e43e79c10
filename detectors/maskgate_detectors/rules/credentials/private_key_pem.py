"""Private key in PEM."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def private_key_pem() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc7468"""
    return Rule(
        id="private-key-pem",
        entity=SECRET,
        label="Private key in PEM",
        pattern=(
            "(?s)(?P<value>-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: "
            "BLOCK)?-----[^-]{16,}(?:-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----)?)"
        ),
        triggers=("-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦-----BEGIN RSA PRIVATE KEY-----\n{b64}\n{b64}\n-----END RSA PRIVATE KEY-----⟧",
            "⟦-----BEGIN OPENSSH PRIVATE KEY-----\n{b64}\n-----END OPENSSH PRIVATE KEY-----⟧",
        ),
        ignores=(
            "-----BEGIN PUBLIC KEY-----{b64}",
            "-----BEGIN CERTIFICATE-----",
        ),
    )
