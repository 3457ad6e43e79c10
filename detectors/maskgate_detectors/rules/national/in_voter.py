"""Indian voter card number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def in_voter() -> Rule:
    """https://voters.eci.gov.in/"""
    return Rule(
        id="in-voter",
        entity="IN_VOTER",
        label="Indian voter card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[A-Z]{3}\d{7})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words(
            "epic, elector photo identity",
            "voter, election, voter id, epic number, voter card, voter id number, election card, voter number",
        ),
        keys=words("voter id, epic number, voter card, voter id number, election card, voter number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("IN",),
        matches=(
            "voter_id: ⟦LBC0464685⟧",
            "voter ⟦LBC0464685⟧",
        ),
        ignores=("order LBC0464685",),
    )
