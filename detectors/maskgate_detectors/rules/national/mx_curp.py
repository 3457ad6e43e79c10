"""Mexican population registry key."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def mx_curp() -> Rule:
    """https://www.gob.mx/curp/"""
    return Rule(
        id="mx-curp",
        entity="MX_CURP",
        label="Mexican population registry key",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX](?:AS|B[CS]|C[CLMSH]|D[FG]|G[TR]"
            r"|HG|JC|M[CNS]|N[ETL]|OC|PL|Q[TR]|S[PLR]|T[CSL]|VZ|YN|ZS)[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\d)(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        triggers=(
            r"[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX](?:AS|B[CS]|C[CLMSH]|D[FG]|G[TR]|HG|JC|M[CNS]|N[ETL]|OC|PL|Q[TR]"
            r"|S[PLR]|T[CSL]|VZ|YN|ZS)[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\d",
        ),
        validate=stdnum("mx.curp"),
        valid_score=0.85,
        context=words("curp, clave unica de registro"),
        keys=words("curp, clave unica de registro"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("MX",),
        matches=(
            "curp: ⟦BAXB800101HDFRRL25⟧",
            "curp ⟦BAXB800101HDFRRL25⟧",
            "⟦BAXB800101HDFRRL25⟧",
        ),
        ignores=("BUXB800101HDFRRLX1",),
    )
