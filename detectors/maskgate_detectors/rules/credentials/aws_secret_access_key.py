"""AWS secret access key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def aws_secret_access_key() -> Rule:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"""
    return Rule(
        id="aws-secret-access-key",
        entity=SECRET,
        label="AWS secret access key",
        pattern=(
            r"(?i)(?:aws|amazon|secret[_-]access[_-]key|secretaccesskey|secret[ _-]access[ _-]key)[\w "
            r".-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|=|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9/+]{40})(?:$"
            r"|[^A-Za-z0-9_-])"
        ),
        triggers=(
            r"(?i)(?:aws|amazon|secret[_-]access[_-]key|secretaccesskey|secret[ _-]access[ _-]key)[\w "
            r".-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",
        ),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("aws secret access key, secret access key, aws secret key, aws secret, s secret key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9/+]{40})",
        key_score=0.97,
        matches=(
            "aws_secret_access_key: ⟦{b40}⟧",
            "export aws_KEY=⟦{b40}⟧ # x",
        ),
        ignores=("id {b40}",),
    )
