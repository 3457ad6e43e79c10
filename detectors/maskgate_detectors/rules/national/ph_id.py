"""Philippine system number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ph_id() -> Rule:
    """https://philsys.gov.ph/"""
    return Rule(
        id="ph-id",
        entity="PH_PHILSYS",
        label="Philippine system number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{4}-\d{4}-\d{4}-\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("philsys, philid, philsys number"),
        keys=words("philsys, philsys number, philid"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PH",),
        matches=(
            "philsys: ⟦1540-6150-5386-0091⟧",
            "philsys ⟦1540-6150-5386-0091⟧",
        ),
        ignores=("order 1540-6150-5386-0091",),
    )
