"""Danish company and VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def dk_cvr() -> Rule:
    """https://datacvr.virk.dk/"""
    return Rule(
        id="dk-cvr",
        entity="DK_VAT_CODE",
        label="Danish company and VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>DK ?(?:\d{2} ?){3}\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"DK ?(?:\d{2} ?){3}\d{2}",),
        validate=stdnum("dk.cvr"),
        valid_score=0.85,
        context=words("cvr, cvr nummer, cvr nr, se nummer, momsnummer"),
        keys=words("cvr, cvr nummer, cvr nr, se nummer, momsnummer"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("DK",),
        matches=(
            "cvr: ⟦DK50991253⟧",
            "cvr ⟦DK50991253⟧",
            "⟦DK50991253⟧",
        ),
        ignores=("DK94764824",),
    )
