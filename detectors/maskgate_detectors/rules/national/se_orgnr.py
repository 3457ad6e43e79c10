"""Swedish organisation number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def se_orgnr() -> Rule:
    """https://www.bolagsverket.se/foretag/organisationsnummer.2367.html"""
    return Rule(
        id="se-organisationsnummer",
        entity="SE_ORGANISATIONSNUMMER",
        label="Swedish organisation number (that of a sole trader is a personal number)",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:16)?\d{2}[2-9]\d{3}-?\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("se.orgnr"),
        valid_score=0.9,
        needs_context=True,
        context=words("organisationsnummer, orgnr, org.nr, org nr, org. nr, org.nummer, organisation number"),
        alone=r"[1-9]\d[2-9]\d{3}-\d{4}",
        keys=words("organisationsnummer, orgnr, org nr, orgnummer"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("SE",),
        matches=("organisationsnummer: ⟦556036-0793⟧", "org.nr ⟦5560360793⟧", "f3: ⟦556036-0793⟧"),
        ignores=("order 5560360793", "orgnr 556036-0794"),
    )
