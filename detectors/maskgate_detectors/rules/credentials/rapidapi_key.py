"""RapidAPI key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def rapidapi_key() -> Rule:
    """https://docs.rapidapi.com/docs/keys"""
    return Rule(
        id="rapidapi-key",
        entity=SECRET,
        label="RapidAPI key",
        pattern=(
            r"(?i)(?:rapidapi|rapid[_-]api)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{50})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:rapidapi|rapid[_-]api)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("rapidapi key, rapid api key, x rapidapi key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{50})",
        key_score=0.97,
        matches=(
            "rapidapi_key: ⟦{an50}⟧",
            "export rapidapi_KEY=⟦{an50}⟧ # x",
        ),
        ignores=("id {an50}",),
    )
