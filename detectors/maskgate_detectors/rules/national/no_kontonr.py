"""Norwegian bank account number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def no_kontonr() -> Rule:
    """https://no.wikipedia.org/wiki/Kontonummer"""
    return Rule(
        id="no-kontonr",
        entity="NO_BANK_ACCOUNT",
        label="Norwegian bank account number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{4}[. ]?\d{2}[. ]?\d{5})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("no.kontonr"),
        valid_score=0.9,
        needs_context=True,
        context=words("kontonummer, kontonr, bankkonto"),
        keys=words("kontonummer, kontonr, bankkonto"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("NO",),
        matches=(
            "kontonummer: ⟦01187117042⟧",
            "kontonummer ⟦01187117042⟧",
        ),
        ignores=(
            "order 01187117042",
            "kontonummer 06664784605",
        ),
    )
