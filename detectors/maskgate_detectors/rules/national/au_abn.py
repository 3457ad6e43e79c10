"""Australian business number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def au_abn() -> Rule:
    """https://abr.business.gov.au/Help/AbnFormat"""
    return Rule(
        id="au-abn",
        entity="AU_ABN",
        label="Australian business number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2} ?\d{3} ?\d{3} ?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("au.abn"),
        valid_score=0.9,
        needs_context=True,
        context=words("abn, australian business, abn number, australian business number"),
        keys=words("abn, abn number, australian business number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("AU",),
        matches=(
            "abn: ⟦71 637 654 743⟧",
            "abn ⟦71 637 654 743⟧",
        ),
        ignores=(
            "order 71 637 654 743",
            "abn 11 963 730 075",
        ),
    )


@detector
def au_abn_written() -> Rule:
    """https://abr.business.gov.au/Help/AbnFormat"""
    return Rule(
        id="au-abn-written",
        entity="AU_ABN",
        label="Australian business number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{2} \d{3} \d{3} \d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{2} \d{3} \d{3} \d{3}",),
        validate=stdnum("au.abn"),
        valid_score=0.85,
        countries=("AU",),
        matches=(
            "⟦48 581 225 504⟧",
            "ref ⟦48 581 225 504⟧.",
        ),
        ignores=("49 381 725 821",),
    )
