"""US employer identification number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def us_ein() -> Rule:
    """https://www.irs.gov/businesses/small-businesses-self-employed/employer-id-numbers"""
    return Rule(
        id="us-ein",
        entity="US_EIN",
        label="US employer identification number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{2}-\d{7})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("us.ein"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "ein, fein, employer identification, employer identification number, federal tax id",
            "employer id number, ein:, ein is",
        ),
        keys=words("ein, employer identification number, fein, federal tax id, employer id number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("US",),
        matches=(
            "ein: ⟦04-8532033⟧",
            "fein ⟦04-8532033⟧",
        ),
        ignores=("order 04-8532033",),
    )
