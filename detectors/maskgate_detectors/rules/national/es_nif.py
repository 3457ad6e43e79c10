"""Spanish tax number of a person."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def es_nif() -> Rule:
    """https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/"""
    return Rule(
        id="es-nif",
        entity="ES_NIF",
        label="Spanish tax number of a person",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:ES ?-?)?\d{8}[- ]?[A-HJ-NP-TV-Z])(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("es.nif", "es.dni"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "nif, dni, documento nacional, numero dni, dni nif, documento nacional de identidad",
            "numero de identificacion fiscal, dninie",
        ),
        keys=words(
            "nif, dni, numero dni, dni nif, documento nacional de identidad, numero de identificacion fiscal", "dninie"
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"(?:ES-?)?\d{8}-?[A-HJ-NP-TV-Z]",
        countries=("ES",),
        matches=(
            "nif: ⟦34816599G⟧",
            "nif ⟦34816599G⟧",
        ),
        ignores=(
            "order 34816599G",
            "nif 63113668S",
        ),
    )
