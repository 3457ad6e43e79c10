"""Singaporean entity number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def sg_uen() -> Rule:
    """https://www.uen.gov.sg/"""
    return Rule(
        id="sg-uen",
        entity="SG_UEN",
        label="Singaporean entity number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:\d{8}|\d{9}|[TSR]\d{2}[A-Z]{2}\d{4})[A-Z])(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        validate=stdnum("sg.uen"),
        valid_score=0.9,
        needs_context=True,
        context=words("uen, unique entity, unique entity number, uen number, acra"),
        keys=words("uen, unique entity number, uen number, acra"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"(?:\d{8}|\d{9}|[TSR]\d{2}[A-Z]{2}\d{4})[A-Z]",
        countries=("SG",),
        matches=(
            "uen: ⟦28443795J⟧",
            "uen ⟦28443795J⟧",
        ),
        ignores=(
            "order 28443795J",
            "uen 59096932P",
        ),
    )
