"""Sumo Logic access key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def sumologic_key() -> Rule:
    """https://help.sumologic.com/docs/manage/security/access-keys/"""
    return Rule(
        id="sumologic-key",
        entity=SECRET,
        label="Sumo Logic access key",
        pattern=(
            r"(?i)sumo[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9]{64})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)sumo[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("sumo access key, sumologic access key, sumo logic access key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9]{64})",
        key_score=0.97,
        matches=(
            "sumo_access_key: ⟦{an64}⟧",
            "export sumo_KEY=⟦{an64}⟧ # x",
        ),
        ignores=("id {an64}",),
    )
