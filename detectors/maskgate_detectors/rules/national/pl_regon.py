"""Polish business register number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def pl_regon() -> Rule:
    """https://bip.stat.gov.pl/regon/"""
    return Rule(
        id="pl-regon",
        entity="PL_REGON",
        label="Polish business register number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{14}|\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("pl.regon"),
        valid_score=0.9,
        needs_context=True,
        context=words("regon, numer regon, nr regon"),
        keys=words("regon, numer regon, nr regon"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PL",),
        matches=(
            "regon: ⟦145064252⟧",
            "regon ⟦145064252⟧",
        ),
        ignores=(
            "order 145064252",
            "regon 445869308",
        ),
    )
