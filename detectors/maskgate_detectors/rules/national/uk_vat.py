"""UK VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def uk_vat() -> Rule:
    """https://www.gov.uk/guidance/vat-eu-country-codes-vat-numbers-and-vat-in-other-languages"""
    return Rule(
        id="uk-vat",
        entity="UK_VAT_CODE",
        label="UK VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>(?:GB|XI) ?\d{3} ?\d{4} ?\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"(?:GB|XI) ?\d{3} ?\d{4} ?\d{2}",),
        validate=stdnum("gb.vat"),
        valid_score=0.85,
        context=words("vat number gb, vat reg no, vat registration number"),
        keys=words("vat number gb, vat reg no, vat registration number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("GB",),
        matches=(
            "vat_number_gb: ⟦GB288306237⟧",
            "vat number gb ⟦GB288306237⟧",
            "⟦GB288306237⟧",
        ),
        ignores=("GB114280079",),
    )
