"""Adobe client secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def adobe_client_secret() -> Rule:
    """https://developer.adobe.com/developer-console/docs/guides/authentication/"""
    return Rule(
        id="adobe-client-secret",
        entity=SECRET,
        label="Adobe client secret",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>p8e-[A-Za-z0-9_-]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"p8e-[A-Za-z0-9_-]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦p8e-{an32}⟧",
            "auth=⟦p8e-{an32}⟧;",
        ),
        ignores=("p8e-x",),
    )
