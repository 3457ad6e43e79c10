"""IBM Cloud API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def ibm_cloud_key() -> Rule:
    """https://cloud.ibm.com/docs/account?topic=account-userapikey"""
    return Rule(
        id="ibm-cloud-key",
        entity=SECRET,
        label="IBM Cloud API key",
        pattern=(
            r"(?i)(?:ibm|ibmcloud|bluemix)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[A-Za-z0-9_-]{44})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:ibm|ibmcloud|bluemix)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("ibm cloud api key, ibmcloud api key, ibm api key"),
        key_decides=True,
        key_pattern="(?:[A-Za-z0-9_-]{44})",
        key_score=0.97,
        matches=(
            "ibm_cloud_api_key: ⟦{u44}⟧",
            "export ibm_KEY=⟦{u44}⟧ # x",
        ),
        ignores=("id {u44}",),
    )
