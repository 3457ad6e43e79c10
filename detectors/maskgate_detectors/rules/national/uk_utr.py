"""UK unique taxpayer reference."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def uk_utr() -> Rule:
    """https://www.gov.uk/find-utr-number"""
    return Rule(
        id="uk-utr",
        entity="UK_UTR",
        label="UK unique taxpayer reference",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{5} ?\d{5})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("gb.utr"),
        valid_score=0.9,
        needs_context=True,
        context=words("utr, unique taxpayer, unique taxpayer reference, tax reference, utr number"),
        keys=words("utr, unique taxpayer reference, tax reference, utr number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("GB",),
        matches=(
            "utr: ⟦7583372107⟧",
            "utr ⟦7583372107⟧",
        ),
        ignores=(
            "order 7583372107",
            "utr 1603620226",
        ),
    )
