"""Modal token secret."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def modal_token() -> Rule:
    """https://modal.com/docs/reference/modal.config"""
    return Rule(
        id="modal-token",
        entity=SECRET,
        label="Modal token secret",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>a[ks]-[A-Za-z0-9]{22})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"a[ks]-[A-Za-z0-9]{22}",),
        validate=secret_checks.random_token,
        valid_score=0.9,
        matches=(
            "⟦as-{an22}⟧",
            "auth=⟦as-{an22}⟧;",
        ),
        ignores=("as-expected",),
    )
