"""AWS session token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def aws_session_token() -> Rule:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html"""
    return Rule(
        id="aws-session-token",
        entity=SECRET,
        label="AWS session token",
        pattern=(
            r"(?i)(?:aws[_-]session[_-]token|sessiontoken|x[_-]amz[_-]security[_-]token|aws[ _-]session)[\w "
            r".-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|=|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9/+=]{100,})("
            r"?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(
            r"(?i)(?:aws[_-]session[_-]token|sessiontoken|x[_-]amz[_-]security[_-]token|aws[ _-]session)[\w "
            r".-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",
        ),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("aws session token, amz security token, x amz security token"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9/+=]{100,})",
        key_score=0.97,
        matches=(
            "aws_session_token: ⟦{b200}⟧",
            "export aws_session_token=⟦{b200}⟧ # x",
        ),
        ignores=("id {b200}",),
    )
