"""Argentine tax number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ar_cuit() -> Rule:
    """https://www.afip.gob.ar/"""
    return Rule(
        id="ar-cuit",
        entity="AR_CUIT",
        label="Argentine tax number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?:20|2[347]|30|33|34|5[015])-?\d{8}-?\d)(?:$|[^\w.-]|[.-](?:$"
            r"|[^\w]))"
        ),
        validate=stdnum("ar.cuit"),
        valid_score=0.9,
        needs_context=True,
        context=words("cuit, cuil, numero cuit"),
        keys=words("cuit, cuil, numero cuit"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("AR",),
        matches=(
            "cuit: ⟦20-81903157-7⟧",
            "cuit ⟦20-81903157-7⟧",
        ),
        ignores=(
            "order 20-81903157-7",
            "cuit 20-81897905-8",
        ),
    )


@detector
def ar_cuit_written() -> Rule:
    """https://www.afip.gob.ar/"""
    return Rule(
        id="ar-cuit-written",
        entity="AR_CUIT",
        label="Argentine tax number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>(?:20|2[347]|30|33|34)-\d{8}-\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"(?:20|2[347]|30|33|34)-\d{8}-\d",),
        validate=stdnum("ar.cuit"),
        valid_score=0.85,
        countries=("AR",),
        matches=(
            "⟦20-19483429-3⟧",
            "ref ⟦20-19483429-3⟧.",
        ),
        ignores=("20-89463388-1",),
    )
