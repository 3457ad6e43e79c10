"""Romanian personal code."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ro_cnp() -> Rule:
    """https://www.politiapersonal.ro/"""
    return Rule(
        id="ro-cnp",
        entity="RO_CNP",
        label="Romanian personal code",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[1-9]\d{12})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("ro.cnp"),
        valid_score=0.9,
        needs_context=True,
        context=words("cnp, cod numeric personal, codul numeric personal"),
        keys=words("cnp, cod numeric personal, codul numeric personal"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[1-8]\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{6}",
        countries=("RO",),
        matches=(
            "cnp: ⟦1800101472264⟧",
            "cnp ⟦1800101472264⟧",
        ),
        ignores=(
            "order 1800101472264",
            "cnp 1800101819650",
        ),
    )
