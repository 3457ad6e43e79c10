"""Israeli identity number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def il_idnr() -> Rule:
    """https://www.gov.il/"""
    return Rule(
        id="il-idnr",
        entity="IL_ID",
        label="Israeli identity number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{8}-?\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("il.idnr"),
        valid_score=0.9,
        needs_context=True,
        context=words("teudat zehut, תעודת זהות, מספר זהות, mispar zehut, israeli id"),
        keys=words("teudat zehut, תעודת זהות, mispar zehut, israeli id"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("IL",),
        matches=(
            "teudat_zehut: ⟦626656284⟧",
            "teudat zehut ⟦626656284⟧",
        ),
        ignores=(
            "order 626656284",
            "teudat zehut 745709136",
        ),
    )
