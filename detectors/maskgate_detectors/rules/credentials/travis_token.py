"""Travis CI token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def travis_token() -> Rule:
    """https://docs.travis-ci.com/user/triggering-builds/"""
    return Rule(
        id="travis-token",
        entity=SECRET,
        label="Travis CI token",
        pattern=(
            r"(?i)travis[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9_-]{22})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)travis[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("travis token, travis api token, travis ci token"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9_-]{22})",
        key_score=0.97,
        matches=(
            "travis_token: ⟦{u22}⟧",
            "export travis_KEY=⟦{u22}⟧ # x",
        ),
        ignores=("id {u22}",),
    )
