"""Norwegian birth number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def no_fodselsnummer() -> Rule:
    """https://www.skatteetaten.no/en/person/national-registry/identitetsnummer/fodselsnummer/"""
    return Rule(
        id="no-fodselsnummer",
        entity="NO_BIRTH_NUMBER",
        label="Norwegian birth number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{6} ?\d{5})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("no.fodselsnummer"),
        valid_score=0.9,
        needs_context=True,
        context=words("fødselsnummer, fnr, personnummer, fodselsnummer, personnummer no, d nummer, fødselsnr"),
        keys=words("fodselsnummer, fnr, personnummer no, d nummer, fødselsnr"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[0-7]\d[01]\d{3} ?\d{5}",
        countries=("NO",),
        matches=(
            "fodselsnummer: ⟦01018047418⟧",
            "fødselsnummer ⟦01018047418⟧",
        ),
        ignores=(
            "order 01018047418",
            "fødselsnummer 01018064808",
        ),
    )
