"""Medicare beneficiary identifier."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def us_mbi() -> Rule:
    """https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-format"""
    return Rule(
        id="us-mbi",
        entity="US_MBI",
        label="Medicare beneficiary identifier",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[1-9][AC-HJ-KM-NP-RT-Y][0-9AC-HJ-KM-NP-RT-Y]\d-?[AC-HJ-KM-NP-RT-"
            r"Y][0-9AC-HJ-KM-NP-RT-Y]\d-?[AC-HJ-KM-NP-RT-Y]{2}\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words(
            "mbi, medicare, medicare number, medicare id, medicare beneficiary identifier, medicare no, hicn"
        ),
        keys=words("mbi, medicare number, medicare id, medicare beneficiary identifier, medicare no, hicn"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[1-9][A-Z][0-9A-Z]\d-?[A-Z][0-9A-Z]\d-?[A-Z]{2}\d{2}",
        countries=("US",),
        matches=(
            "mbi: ⟦1EG4-TE5-MK73⟧",
            "mbi ⟦1EG4-TE5-MK73⟧",
        ),
        ignores=("order 1EG4-TE5-MK73",),
    )
