"""Vercel Blob read-write token."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def vercel_blob_token() -> Rule:
    """https://vercel.com/docs/vercel-blob/using-blob-sdk"""
    return Rule(
        id="vercel-blob-token",
        entity=SECRET,
        label="Vercel Blob read-write token",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>vercel_blob_rw_[A-Za-z0-9]{16}_[A-Za-z0-9]{30,})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"vercel_blob_rw_[A-Za-z0-9]{16}_",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦vercel_blob_rw_{an16}_{an30}⟧",
            "auth=⟦vercel_blob_rw_{an16}_{an30}⟧;",
        ),
        ignores=("vercel_blob_rw_test",),
    )
