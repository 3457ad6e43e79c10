"""Finnish personal identity code."""

from __future__ import annotations

from maskgate_detectors.checks.national import finnish_hetu
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def fi_hetu() -> Rule:
    """https://dvv.fi/en/personal-identity-code"""
    return Rule(
        id="fi-hetu",
        entity="FI_PERSONAL_IDENTITY_CODE",
        label="Finnish personal identity code",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{6}[-+ABCDEFUVWXY]\d{3}[0-9A-FHJ-NPR-Y])(?:$|[^\w.-]|[.-](?:$"
            r"|[^\w]))"
        ),
        triggers=(r"\d{6}[-+ABCDEFUVWXY]\d{3}[0-9A-FHJ-NPR-Y]",),
        validate=finnish_hetu,
        valid_score=0.85,
        context=words("henkilötunnus, hetu, henkilotunnus, henkilotunnus hetu, personal identity code, sotu"),
        keys=words("henkilotunnus, hetu, henkilotunnus hetu, personal identity code, sotu"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("FI",),
        matches=(
            "henkilotunnus: ⟦010180-323H⟧",
            "henkilötunnus ⟦010180-323H⟧",
            "⟦010180-323H⟧",
            "hetu ⟦010594Y9021⟧",
        ),
        ignores=("010180-580U",),
    )
