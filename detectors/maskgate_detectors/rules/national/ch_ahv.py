"""Swiss social security number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ch_ahv() -> Rule:
    """https://www.zas.admin.ch/zas/en/home/partenaires-et-institutions-/navs13.html"""
    return Rule(
        id="ch-ahv",
        entity="CH_AHV",
        label="Swiss social security number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}",),
        validate=stdnum("ch.ssn"),
        valid_score=0.85,
        context=words(
            "ahv, avs, ahv-nummer, ahv nummer, ahvn, numero avs, sozialversicherungsnummer ch, navs, avs ahv"
        ),
        keys=words("ahv, ahv nummer, ahvn, avs, numero avs, sozialversicherungsnummer ch, navs, avs ahv"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("CH",),
        matches=(
            "ahv: ⟦756.7019.8667.11⟧",
            "ahv ⟦756.7019.8667.11⟧",
            "⟦756.7019.8667.11⟧",
        ),
        ignores=("756.6253.6597.26",),
    )
