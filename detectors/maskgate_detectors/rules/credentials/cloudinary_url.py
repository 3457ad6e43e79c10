"""Cloudinary URL."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def cloudinary_url() -> Rule:
    """https://cloudinary.com/documentation/cloudinary_credentials_tutorial"""
    return Rule(
        id="cloudinary-url",
        entity=SECRET,
        label="Cloudinary URL",
        pattern=r"cloudinary://\d{12,18}:(?P<value>[A-Za-z0-9_-]{20,40})@",
        triggers=(r"cloudinary:\\?/\\?/\d{12}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=("cloudinary://{d15}:⟦{u27}⟧@acme",),
        ignores=("cloudinary://x",),
    )
