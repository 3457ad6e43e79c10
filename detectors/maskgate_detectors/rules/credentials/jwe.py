"""Encrypted JSON web token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def jwe() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc7516"""
    return Rule(
        id="jwe",
        entity=SECRET,
        label="Encrypted JSON web token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>ey[JK][A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{0,}\.[A-Za-z0-9_-]{12,40}\.["
            r"A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,50})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"ey[JK][A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{0,}\.[A-Za-z0-9_-]{12}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦eyJ{u40}.{u64}.{u16}.{u80}.{u22}⟧",
            "auth=⟦eyJ{u40}.{u64}.{u16}.{u80}.{u22}⟧;",
        ),
        ignores=("eyJ.a.b",),
    )
