"""Customer.io API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def customerio_key() -> Rule:
    """https://docs.customer.io/accounts-and-workspaces/managing-credentials/"""
    return Rule(
        id="customerio-key",
        entity=SECRET,
        label="Customer.io API key",
        pattern=(
            r"(?i)(?:customerio|customer\.io|customer[_-]io)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{20,32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:customerio|customer\.io|customer[_-]io)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("customerio api key, customer io api key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{20,32})",
        key_score=0.97,
        matches=(
            "customerio_api_key: ⟦{x32}⟧",
            "export customerio_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
