"""Cloudflare API token or global key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def cloudflare_api_token() -> Rule:
    """https://developers.cloudflare.com/fundamentals/api/get-started/create-token/"""
    return Rule(
        id="cloudflare-api-token",
        entity=SECRET,
        label="Cloudflare API token or global key",
        pattern=(
            r"(?i)(?:cloudflare|cf[_-]api|x[_-]auth[_-]key)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9_-]{40}|[0-9a-f]{37})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:cloudflare|cf[_-]api|x[_-]auth[_-]key)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("cloudflare api token, cloudflare api key, cf api token, cf api key, x auth key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9_-]{40}|[0-9a-f]{37})",
        key_score=0.97,
        matches=(
            "cloudflare_api_token: ⟦{u40}⟧",
            "export cloudflare_KEY=⟦{u40}⟧ # x",
        ),
        ignores=("id {u40}",),
    )
