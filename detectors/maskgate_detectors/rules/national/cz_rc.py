"""Czech or Slovak birth number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def cz_rc() -> Rule:
    """https://www.mvcr.cz/clanek/rady-a-sluzby-dokumenty-rodne-cislo.aspx"""
    return Rule(
        id="cz-rc",
        entity="CZ_BIRTH_NUMBER",
        label="Czech or Slovak birth number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{6} ?/? ?\d{3,4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("cz.rc", "sk.rc"),
        valid_score=0.9,
        needs_context=True,
        context=words("rodné číslo, rodne cislo, r.č., rodnecislo, birth number"),
        keys=words("rodne cislo, rodnecislo, birth number, rodné číslo"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=(
            "CZ",
            "SK",
        ),
        matches=(
            "rodne_cislo: ⟦800101/5099⟧",
            "rodné číslo ⟦800101/5099⟧",
        ),
        ignores=(
            "order 800101/5099",
            "rodné číslo 800101/7670",
        ),
    )


@detector
def cz_rc_written() -> Rule:
    """https://www.mvcr.cz/clanek/rady-a-sluzby-dokumenty-rodne-cislo.aspx"""
    return Rule(
        id="cz-rc-written",
        entity="CZ_BIRTH_NUMBER",
        label="Czech or Slovak birth number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{6}/\d{3,4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{6}/\d{3,4}",),
        validate=stdnum("cz.rc", "sk.rc"),
        valid_score=0.85,
        countries=(
            "CZ",
            "SK",
        ),
        matches=(
            "⟦800101/1579⟧",
            "ref ⟦800101/1579⟧.",
        ),
        ignores=("800101/2654",),
    )
