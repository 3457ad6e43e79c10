"""Australian tax file number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def au_tfn() -> Rule:
    """https://www.ato.gov.au/individuals-and-families/tax-file-number"""
    return Rule(
        id="au-tfn",
        entity="AU_TFN",
        label="Australian tax file number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3} ?\d{3} ?\d{2,3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("au.tfn"),
        valid_score=0.9,
        needs_context=True,
        context=words("tfn, tax file, tax file number, tfn number"),
        keys=words("tfn, tax file number, tfn number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("AU",),
        matches=(
            "tfn: ⟦795 265 925⟧",
            "tfn ⟦795 265 925⟧",
        ),
        ignores=(
            "order 795 265 925",
            "tfn 182 369 147",
        ),
    )
