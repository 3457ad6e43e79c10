"""Romanian VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ro_cui() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="ro-cui",
        entity="RO_VAT_CODE",
        label="Romanian VAT number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>RO ?\d{4,10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("ro.cui", "ro.cf"),
        valid_score=0.9,
        needs_context=True,
        context=words("cod fiscal, cif ro, cod unic de inregistrare, cod de identificare fiscala"),
        keys=words("cui, cif ro, cod fiscal, cod unic de inregistrare, cod de identificare fiscala"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("RO",),
        matches=(
            "cui: ⟦RO61907932⟧",
            "cod fiscal ⟦RO61907932⟧",
        ),
        ignores=(
            "order RO61907932",
            "cod fiscal RO55832520",
        ),
    )
