"""42 intranet client secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def intra42_secret() -> Rule:
    """https://api.intra.42.fr/apidoc"""
    return Rule(
        id="intra42-secret",
        entity=SECRET,
        label="42 intranet client secret",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>s-s4t2(?:ud|af)-[0-9a-f]{64})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"s-s4t2(?:ud|af)-[0-9a-f]{64}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦s-s4t2ud-{x64}⟧",
            "auth=⟦s-s4t2ud-{x64}⟧;",
        ),
        ignores=("s-s4t2ud-x",),
    )
