"""Slovenian (and former Yugoslav) personal number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def si_emso() -> Rule:
    """https://www.gov.si/en/topics/personal-identification-number/"""
    return Rule(
        id="si-emso",
        entity="SI_EMSO",
        label="Slovenian (and former Yugoslav) personal number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{13})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("si.emso"),
        valid_score=0.9,
        needs_context=True,
        context=words("emšo, emso, jmbg, emsho, maticna stevilka, maticni broj, jedinstveni maticni broj"),
        keys=words("emso, jmbg, emsho, maticna stevilka, maticni broj, jedinstveni maticni broj"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{3}[15]\d{5}",
        countries=(
            "SI",
            "HR",
            "RS",
            "BA",
            "ME",
            "MK",
        ),
        matches=(
            "emso: ⟦0101980500218⟧",
            "emšo ⟦0101980500218⟧",
        ),
        ignores=(
            "order 0101980500218",
            "emšo 0101980500736",
        ),
    )
