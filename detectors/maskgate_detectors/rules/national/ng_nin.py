"""Nigerian identity or bank verification number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ng_nin() -> Rule:
    """https://nimc.gov.ng/"""
    return Rule(
        id="ng-nin",
        entity="NG_NIN",
        label="Nigerian identity or bank verification number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{11})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words(
            "nin, national identification number",
            "bvn, national identification number, nin number, bank verification number, nin:",
        ),
        keys=words("nin, bvn, nin number, national identification number, bank verification number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("NG",),
        matches=(
            "nin: ⟦66177116220⟧",
            "bvn ⟦66177116220⟧",
        ),
        ignores=("order 66177116220",),
    )
