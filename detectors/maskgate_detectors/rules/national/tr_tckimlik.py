"""Turkish identity number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def tr_tckimlik() -> Rule:
    """https://www.nvi.gov.tr/"""
    return Rule(
        id="tr-tckimlik",
        entity="TR_NATIONAL_ID",
        label="Turkish identity number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[1-9]\d{10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("tr.tckimlik"),
        valid_score=0.9,
        needs_context=True,
        context=words("tc kimlik, tckn, kimlik no, t.c. kimlik, tc kimlik no, tc no, tckimlik no"),
        keys=words("tc kimlik, tc kimlik no, tckn, kimlik no, tc no, tckimlik no"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("TR",),
        matches=(
            "tc_kimlik: ⟦49726996822⟧",
            "tc kimlik ⟦49726996822⟧",
        ),
        ignores=(
            "order 49726996822",
            "tc kimlik 65718327663",
        ),
    )
