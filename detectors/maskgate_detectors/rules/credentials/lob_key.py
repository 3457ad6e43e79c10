"""Lob API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def lob_key() -> Rule:
    """https://docs.lob.com/#tag/Authentication"""
    return Rule(
        id="lob-key",
        entity=SECRET,
        label="Lob API key",
        pattern=(
            r"(?i)(?:lob[_-]|lob\.com)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>(?:live|test)_[0-9a-f]{35})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:lob[_-]|lob\.com)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("lob api key, lob key"),
        key_decides=True,
        key_pattern="(?:(?:live|test)_[0-9a-f]{35})",
        key_score=0.97,
        matches=(
            "lob_api_key: ⟦live_{x35}⟧",
            "export lob__KEY=⟦live_{x35}⟧ # x",
        ),
        ignores=("id live_{x35}",),
    )
