"""Lithuanian personal code."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def lt_asmens() -> Rule:
    """https://www.registrucentras.lt/"""
    return Rule(
        id="lt-asmens",
        entity="LT_PERSONAL_CODE",
        label="Lithuanian personal code",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[3-6]\d{10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("lt.asmens"),
        valid_score=0.9,
        needs_context=True,
        context=words("asmens kodas, asmenskodas"),
        keys=words("asmens kodas, asmenskodas"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("LT",),
        matches=(
            "asmens_kodas: ⟦38001010924⟧",
            "asmens kodas ⟦38001010924⟧",
        ),
        ignores=(
            "order 38001010924",
            "asmens kodas 38001010712",
        ),
    )
