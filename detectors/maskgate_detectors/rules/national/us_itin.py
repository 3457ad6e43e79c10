"""US individual taxpayer number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def us_itin() -> Rule:
    """https://www.irs.gov/individuals/individual-taxpayer-identification-number"""
    return Rule(
        id="us-itin",
        entity="US_ITIN",
        label="US individual taxpayer number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>9\d{2}[- ]?(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])[- ]?\d{4})(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=stdnum("us.itin"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "itin, individual taxpayer, taxpayer, individual taxpayer identification number, itin number",
            "taxpayer id, taxpayer identification number, tax payer id",
        ),
        keys=words(
            "itin, individual taxpayer identification number, itin number, taxpayer id",
            "taxpayer identification number, tax payer id",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("US",),
        matches=(
            "itin: ⟦973-70-0982⟧",
            "itin ⟦973-70-0982⟧",
        ),
        ignores=("order 973-70-0982",),
    )


@detector
def us_itin_written() -> Rule:
    """https://www.irs.gov/individuals/individual-taxpayer-identification-number"""
    return Rule(
        id="us-itin-written",
        entity="US_ITIN",
        label="US individual taxpayer number in its usual punctuation",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])-\d{4})(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        triggers=(r"9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])-\d{4}",),
        validate=stdnum("us.itin"),
        valid_score=0.85,
        countries=("US",),
        matches=(
            "⟦977-78-6657⟧",
            "ref ⟦977-78-6657⟧.",
        ),
    )
