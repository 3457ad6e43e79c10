"""NHS number."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def uk_nhs() -> Rule:
    """https://www.datadictionary.nhs.uk/attributes/nhs_number.html"""
    return Rule(
        id="uk-nhs",
        entity="UK_NHS",
        label="NHS number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3}[- ]?\d{3}[- ]?\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=checksums.nhs,
        valid_score=0.9,
        needs_context=True,
        context=words("nhs, national health, nhs number, nhsnumber, nhs no, national health service number"),
        keys=words("nhs, nhs number, nhsnumber, nhs no, national health service number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{3} \d{3} \d{4}",
        countries=("GB",),
        matches=(
            "nhs: ⟦847 614 0878⟧",
            "nhs ⟦847 614 0878⟧",
        ),
        ignores=(
            "order 847 614 0878",
            "nhs 975 047 8678",
        ),
    )
