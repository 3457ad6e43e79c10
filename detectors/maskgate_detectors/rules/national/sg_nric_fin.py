"""Singaporean NRIC or FIN."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def sg_nric_fin() -> Rule:
    """https://www.ica.gov.sg/"""
    return Rule(
        id="sg-nric-fin",
        entity="SG_NRIC_FIN",
        label="Singaporean NRIC or FIN",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>(?i:[STFGM]\d{7}[A-Z]))(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"(?i:[STFGM]\d{7}[A-Z])",),
        validate=national_checks.singapore_nric,
        valid_score=0.85,
        context=words("nric, nric fin, nric number, fin number, nric no, fin no, fin:"),
        keys=words("nric, nric fin, nric number, fin number, nric no, fin no"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("SG",),
        matches=(
            "nric: ⟦S2337799C⟧",
            "nric ⟦S2337799C⟧",
            "⟦S2337799C⟧",
        ),
        ignores=("S1655860O",),
    )
