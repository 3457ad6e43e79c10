"""US DEA registration number."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def us_dea() -> Rule:
    """https://www.deadiversion.usdoj.gov/"""
    return Rule(
        id="us-dea",
        entity="MEDICAL_LICENSE",
        label="US DEA registration number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=checksums.dea_number,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "dea, medical license, medical licence, prescriber, dea number, dea no, dea registration",
            "medical license number, prescriber license, physician license, dea:",
        ),
        keys=words(
            "dea, dea number, dea no, dea registration, medical license, medical licence",
            "medical license number, prescriber license, physician license",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7}",
        countries=("US",),
        matches=(
            "dea: ⟦BF5719919⟧",
            "dea ⟦BF5719919⟧",
        ),
        ignores=(
            "order BF5719919",
            "dea BF7764835",
        ),
    )
