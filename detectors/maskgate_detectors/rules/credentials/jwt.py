"""JSON web token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def jwt() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc7519"""
    return Rule(
        id="jwt",
        entity=SECRET,
        label="JSON web token",
        pattern=(
            r"(?:^|[^A-Za-z0-9])(?P<value>ey[JK][A-Za-z0-9_-]{10,}\.ey[JK][A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]"
            r"{0,})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"ey[JK][A-Za-z0-9_-]{10,}\.ey[JK]",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦eyJhbGciOiJIUzI1NiJ9.eyJ{u60}.{u43}⟧",
            "auth=⟦eyJhbGciOiJIUzI1NiJ9.eyJ{u60}.{u43}⟧;",
        ),
        ignores=("eyJhbGciOiJIUzI1NiJ9",),
    )
