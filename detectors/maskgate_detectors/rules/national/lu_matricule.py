"""Luxembourg national identification number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def lu_matricule() -> Rule:
    """https://guichet.public.lu/en/citoyens/citoyennete/registre-national/inscription-registre-national/numero-identification-national.html"""
    return Rule(
        id="lu-matricule",
        entity="LU_NATIONAL_ID",
        label="Luxembourg national identification number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d"
            r"|3[01])\d{5})(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        validate=national_checks.luxembourg_number,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "matricule, numero matricule, matricule national, numero d identification national",
            "sozialversicherungsnummer lu",
        ),
        keys=words(
            "matricule, numero matricule, matricule national, numero d identification national",
            "sozialversicherungsnummer lu",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("LU",),
        matches=(
            "matricule: ⟦1980010134670⟧",
            "matricule ⟦1980010134670⟧",
        ),
        ignores=(
            "order 1980010134670",
            "matricule 1980010124570",
        ),
    )
