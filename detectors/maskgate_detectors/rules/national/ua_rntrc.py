"""Ukrainian taxpayer number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ua_rntrc() -> Rule:
    """https://tax.gov.ua/"""
    return Rule(
        id="ua-rntrc",
        entity="UA_RNTRC",
        label="Ukrainian taxpayer number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{10})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("ua.rntrc"),
        valid_score=0.9,
        needs_context=True,
        context=words("рнокпп, іпн, ідентифікаційний, rnokpp, ипн, rntrc"),
        keys=words("rnokpp, рнокпп, ипн, іпн, rntrc"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("UA",),
        matches=(
            "rnokpp: ⟦6364029120⟧",
            "рнокпп ⟦6364029120⟧",
        ),
        ignores=(
            "order 6364029120",
            "рнокпп 6639855138",
        ),
    )
