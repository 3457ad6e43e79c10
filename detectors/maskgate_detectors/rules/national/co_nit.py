"""Colombian tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def co_nit() -> Rule:
    """https://www.dian.gov.co/"""
    return Rule(
        id="co-nit",
        entity="CO_NIT",
        label="Colombian tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3}\.?\d{3}\.?\d{3}-?\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("co.nit"),
        valid_score=0.9,
        needs_context=True,
        context=words("numero nit, nit co, nit:"),
        keys=words("nit, numero nit, nit co"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("CO",),
        matches=(
            "nit: ⟦093.412.477-6⟧",
            "numero nit ⟦093.412.477-6⟧",
        ),
        ignores=(
            "order 093.412.477-6",
            "numero nit 037.422.516-3",
        ),
    )
