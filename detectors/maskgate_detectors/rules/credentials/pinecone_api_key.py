"""Pinecone API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def pinecone_api_key() -> Rule:
    """https://docs.pinecone.io/guides/projects/manage-api-keys"""
    return Rule(
        id="pinecone-api-key",
        entity=SECRET,
        label="Pinecone API key",
        pattern="(?:^|[^A-Za-z0-9])(?P<value>pcsk_[A-Za-z0-9_]{50,90})(?:$|[^A-Za-z0-9_-])",
        triggers=("pcsk_[A-Za-z0-9_]{50}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦pcsk_{an6}_{an60}⟧",
            "auth=⟦pcsk_{an6}_{an60}⟧;",
        ),
        ignores=("pcsk_",),
    )
