"""Deepgram API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def deepgram_api_key() -> Rule:
    """https://developers.deepgram.com/docs/create-additional-api-keys"""
    return Rule(
        id="deepgram-api-key",
        entity=SECRET,
        label="Deepgram API key",
        pattern=(
            r"(?i)deepgram[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{40})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)deepgram[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("deepgram api key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{40})",
        key_score=0.97,
        matches=(
            "deepgram_api_key: ⟦{x40}⟧",
            "export deepgram_KEY=⟦{x40}⟧ # x",
        ),
        ignores=("id {x40}",),
    )
