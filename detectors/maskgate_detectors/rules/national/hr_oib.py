"""Croatian personal identification number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def hr_oib() -> Rule:
    """https://www.porezna-uprava.hr/en/Pages/PIN.aspx"""
    return Rule(
        id="hr-oib",
        entity="HR_OIB",
        label="Croatian personal identification number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:HR ?)?\d{11})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("hr.oib"),
        valid_score=0.9,
        needs_context=True,
        context=words("oib, osobni identifikacijski broj, porezni broj"),
        keys=words("oib, osobni identifikacijski broj, porezni broj"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("HR",),
        matches=(
            "oib: ⟦55060509261⟧",
            "oib ⟦55060509261⟧",
        ),
        ignores=(
            "order 55060509261",
            "oib 17628997527",
        ),
    )
