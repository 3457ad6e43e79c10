"""Kenyan tax number."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ke_pin() -> Rule:
    """https://www.kra.go.ke/"""
    return Rule(
        id="ke-pin",
        entity="KE_PIN",
        label="Kenyan tax number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[AP]\d{9}[A-Z])(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("kra pin, pin number ke"),
        keys=words("kra pin, kra, pin number ke"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[AP]\d{9}[A-Z]",
        countries=("KE",),
        matches=(
            "kra_pin: ⟦A518351185P⟧",
            "kra pin ⟦A518351185P⟧",
        ),
        ignores=("order A518351185P",),
    )
