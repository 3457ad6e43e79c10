"""Greek identity card number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def gr_id_card() -> Rule:
    """https://www.astynomia.gr/"""
    return Rule(
        id="gr-id-card",
        entity="GR_ID_CARD",
        label="Greek identity card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[A-ZΑ-Ω]{1,2}[- ]?\d{6})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("ταυτότητα, ταυτότητας, αδτ, adt, arithmos deltiou tautotitas"),
        keys=words("ταυτότητα, adt, αδτ, arithmos deltiou tautotitas"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("GR",),
        matches=(
            "adt: ⟦HB470815⟧",
            "ταυτότητα ⟦HB470815⟧",
        ),
        ignores=("order HB470815",),
    )
