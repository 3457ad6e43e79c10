"""US national provider identifier."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def us_npi() -> Rule:
    """https://www.cms.gov/medicare/regulations-guidance/administrative-simplification/national-provider-identifier-standard"""
    return Rule(
        id="us-npi",
        entity="US_NPI",
        label="US national provider identifier",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[12]\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=checksums.us_npi,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "npi, national provider, npi number, provider npi, national provider identifier", "national provider id"
        ),
        keys=words("npi, npi number, provider npi, national provider identifier, national provider id"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("US",),
        matches=(
            "npi: ⟦1910953078⟧",
            "npi ⟦1910953078⟧",
        ),
        ignores=(
            "order 1910953078",
            "npi 1271337792",
        ),
    )
