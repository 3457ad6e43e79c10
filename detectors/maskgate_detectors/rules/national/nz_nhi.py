"""New Zealand health index number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def nz_nhi() -> Rule:
    """https://www.tewhatuora.govt.nz/"""
    return Rule(
        id="nz-nhi",
        entity="NZ_NHI",
        label="New Zealand health index number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[A-HJ-NP-Z]{3}(?:\d{4}|\d{2}[A-HJ-NP-Z]{2}))(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words("nhi, national health index, nhi number"),
        keys=words("nhi, nhi number, national health index"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("NZ",),
        matches=(
            "nhi: ⟦UBC8010⟧",
            "nhi ⟦UBC8010⟧",
        ),
        ignores=("order UBC8010",),
    )
