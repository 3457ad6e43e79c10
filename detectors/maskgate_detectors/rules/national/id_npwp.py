"""Indonesian tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def id_npwp() -> Rule:
    """https://www.pajak.go.id/"""
    return Rule(
        id="id-npwp",
        entity="ID_NPWP",
        label="Indonesian tax number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2}\.?\d{3}\.?\d{3}\.?\d-?\d{3}\.?\d{3})(?:$|[^\w.-]|[.-](?:$"
            r"|[^\w]))"
        ),
        validate=stdnum("id.npwp"),
        valid_score=0.9,
        needs_context=True,
        context=words("npwp, nomor pokok wajib pajak"),
        keys=words("npwp, nomor pokok wajib pajak"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("ID",),
        matches=(
            "npwp: ⟦20.513.677.3-013.000⟧",
            "npwp ⟦20.513.677.3-013.000⟧",
        ),
        ignores=(
            "order 20.513.677.3-013.000",
            "npwp 65.870.665.5-013.000",
        ),
    )
