"""Polish PESEL number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def pl_pesel() -> Rule:
    """https://www.gov.pl/web/gov/czym-jest-numer-pesel"""
    return Rule(
        id="pl-pesel",
        entity="PL_PESEL",
        label="Polish PESEL number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{11})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("pl.pesel"),
        valid_score=0.9,
        needs_context=True,
        context=words("pesel, numer pesel, nr pesel"),
        keys=words("pesel, numer pesel, nr pesel"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PL",),
        matches=(
            "pesel: ⟦80010156605⟧",
            "pesel ⟦80010156605⟧",
        ),
        ignores=(
            "order 80010156605",
            "pesel 80010178505",
        ),
    )
