"""crates.io API token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def crates_io_token() -> Rule:
    """https://doc.rust-lang.org/cargo/reference/publishing.html"""
    return Rule(
        id="crates-io-token",
        entity=SECRET,
        label="crates.io API token",
        pattern="(?:^|[^A-Za-z0-9_-])(?P<value>cio[A-Za-z0-9]{32})(?:$|[^A-Za-z0-9_-])",
        triggers=("cio[A-Za-z0-9]{32}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦cio{an32}⟧",
            "auth=⟦cio{an32}⟧;",
        ),
        ignores=("cio",),
    )
