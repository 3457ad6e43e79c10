"""Indonesian identity number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def id_nik() -> Rule:
    """https://www.dukcapil.kemendagri.go.id/"""
    return Rule(
        id="id-nik",
        entity="ID_NIK",
        label="Indonesian identity number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[1-9]\d{5}(?:[0-3]\d|[4-7]\d)(?:0[1-9]|1[0-2])\d{6})(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words("nik, ktp, no ktp, nomor induk kependudukan, nomor ktp"),
        keys=words("nik, no ktp, ktp, nomor induk kependudukan, nomor ktp"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("ID",),
        matches=(
            "nik: ⟦3171010101346001⟧",
            "nik ⟦3171010101346001⟧",
        ),
        ignores=("order 3171010101346001",),
    )
