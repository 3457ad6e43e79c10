"""Canadian provincial health card number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ca_health() -> Rule:
    """https://www.ontario.ca/page/apply-ohip-and-get-health-card"""
    return Rule(
        id="ca-health",
        entity="CA_HEALTH_CARD",
        label="Canadian provincial health card number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{4}[- ]?\d{3}[- ]?\d{3}(?:[- ]?[A-Z]{2})?)(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        needs_context=True,
        context=words("ohip, health card, personal health number, health card number, ohip number, phn, ramq"),
        keys=words("ohip, health card, health card number, ohip number, phn, personal health number, ramq"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("CA",),
        matches=(
            "ohip: ⟦5337-554-782-WB⟧",
            "ohip ⟦5337-554-782-WB⟧",
        ),
        ignores=("order 5337-554-782-WB",),
    )
