"""Adafruit IO key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def adafruit_io_key() -> Rule:
    """https://io.adafruit.com/api/docs/"""
    return Rule(
        id="adafruit-io-key",
        entity=SECRET,
        label="Adafruit IO key",
        pattern=r"(?:^|[^A-Za-z0-9])(?P<value>aio_[A-Za-z0-9]{28})(?:$|[^A-Za-z0-9_-])",
        triggers=(r"aio_[A-Za-z0-9]{28}",),
        validate=secret_checks.real,
        valid_score=0.98,
        matches=(
            "⟦aio_{an28}⟧",
            "auth=⟦aio_{an28}⟧;",
        ),
        ignores=("aio_read",),
    )
