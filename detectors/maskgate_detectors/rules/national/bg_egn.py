"""Bulgarian personal number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def bg_egn() -> Rule:
    """https://www.grao.bg/esgraon.html"""
    return Rule(
        id="bg-egn",
        entity="BG_EGN",
        label="Bulgarian personal number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("bg.egn"),
        valid_score=0.9,
        needs_context=True,
        context=words("egn, егн, personal number bg, edinen grazhdanski nomer"),
        keys=words("egn, personal number bg, егн, edinen grazhdanski nomer"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("BG",),
        matches=(
            "egn: ⟦8001016515⟧",
            "egn ⟦8001016515⟧",
        ),
        ignores=(
            "order 8001016515",
            "egn 8001011118",
        ),
    )
