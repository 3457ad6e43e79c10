"""Hungarian tax number of a person."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def hu_tax_id() -> Rule:
    """https://nav.gov.hu/"""
    return Rule(
        id="hu-tax-id",
        entity="HU_TAX_ID",
        label="Hungarian tax number of a person",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>8\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("adóazonosító, adoazonosito jel, adoazonosito"),
        keys=words("adoazonosito jel, adoazonosito"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("HU",),
        matches=(
            "adoazonosito_jel: ⟦8450421609⟧",
            "adóazonosító ⟦8450421609⟧",
        ),
        ignores=("order 8450421609",),
    )
