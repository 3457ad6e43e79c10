"""Australian company number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def au_acn() -> Rule:
    """https://asic.gov.au/"""
    return Rule(
        id="au-acn",
        entity="AU_ACN",
        label="Australian company number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3} ?\d{3} ?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("au.acn"),
        valid_score=0.9,
        needs_context=True,
        context=words("company number", "acn, australian company, acn number, australian company number"),
        keys=words("acn, acn number, australian company number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("AU",),
        matches=(
            "acn: ⟦014 208 158⟧",
            "acn ⟦014 208 158⟧",
        ),
        ignores=(
            "order 014 208 158",
            "acn 460 332 517",
        ),
    )
