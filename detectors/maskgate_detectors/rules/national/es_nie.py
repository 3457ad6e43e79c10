"""Spanish number of a foreigner."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def es_nie() -> Rule:
    """https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/"""
    return Rule(
        id="es-nie",
        entity="ES_NIE",
        label="Spanish number of a foreigner",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>[XYZ][- ]?\d{7}[- ]?[A-HJ-NP-TV-Z])(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"[XYZ][- ]?\d{7}[- ]?[A-HJ-NP-TV-Z]",),
        validate=stdnum("es.nie"),
        valid_score=0.85,
        context=words("extranjero, numero nie, numero de identidad de extranjero, nie:"),
        keys=words("nie, numero nie, numero de identidad de extranjero"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("ES",),
        matches=(
            "nie: ⟦X5889488Q⟧",
            "extranjero ⟦X5889488Q⟧",
            "⟦X5889488Q⟧",
        ),
        ignores=("X6460737T",),
    )
