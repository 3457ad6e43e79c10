"""OpenShift user token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def openshift_token() -> Rule:
    """https://docs.redhat.com/en/documentation/openshift_container_platform/"""
    return Rule(
        id="openshift-token",
        entity=SECRET,
        label="OpenShift user token",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>sha256~[A-Za-z0-9_-]{43})(?:$|[^A-Za-z0-9_-])",
        triggers=("sha256~[A-Za-z0-9_-]{43}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦sha256~{u43}⟧",
            "auth=⟦sha256~{u43}⟧;",
        ),
        ignores=("sha256~",),
    )
