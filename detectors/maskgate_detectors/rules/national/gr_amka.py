"""Greek social security number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def gr_amka() -> Rule:
    """https://www.amka.gr/"""
    return Rule(
        id="gr-amka",
        entity="GR_AMKA",
        label="Greek social security number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{11})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("gr.amka"),
        valid_score=0.9,
        needs_context=True,
        context=words("amka, αμκα, arithmos mitroou"),
        keys=words("amka, αμκα, arithmos mitroou"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("GR",),
        matches=(
            "amka: ⟦01018062958⟧",
            "amka ⟦01018062958⟧",
        ),
        ignores=(
            "order 01018062958",
            "amka 01018045431",
        ),
    )
