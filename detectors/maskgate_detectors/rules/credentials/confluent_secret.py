"""Confluent Cloud API secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def confluent_secret() -> Rule:
    """https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html"""
    return Rule(
        id="confluent-secret",
        entity=SECRET,
        label="Confluent Cloud API secret",
        pattern=(
            r"(?i)(?:confluent|ccloud|sasl\.password)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>(?:cflt)?[A-Za-z0-9+/]{60,64})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:confluent|ccloud|sasl\.password)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("confluent api secret, confluent secret, confluent cloud api secret"),
        key_decides=True,
        key_pattern="(?:(?:cflt)?[A-Za-z0-9+/]{60,64})",
        key_score=0.97,
        matches=(
            "confluent_api_secret: ⟦{b64}⟧",
            "export confluent_KEY=⟦{b64}⟧ # x",
        ),
        ignores=("id {b64}",),
    )
