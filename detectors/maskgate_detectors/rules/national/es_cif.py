"""Spanish tax number of a company."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def es_cif() -> Rule:
    """https://sede.agenciatributaria.gob.es/"""
    return Rule(
        id="es-cif",
        entity="ES_CIF",
        label="Spanish tax number of a company",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:ES ?-?)?[A-HJNP-SUVW][- ]?\d{7}[- ]?[0-9A-J])(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        validate=stdnum("es.cif"),
        valid_score=0.9,
        needs_context=True,
        context=words("cif, codigo de identificacion fiscal, cif empresa, cif:"),
        keys=words("cif, codigo de identificacion fiscal, cif empresa"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("ES",),
        matches=(
            "cif: ⟦G56555030⟧",
            "cif ⟦G56555030⟧",
        ),
        ignores=(
            "order G56555030",
            "cif D68785270",
        ),
    )
