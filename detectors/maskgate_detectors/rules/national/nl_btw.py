"""Dutch VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def nl_btw() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="nl-btw",
        entity="NL_VAT_CODE",
        label="Dutch VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>NL ?\d{3}[. ]?\d{3}[. ]?\d{3} ?B ?\d{2})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"NL ?\d{3}[. ]?\d{3}[. ]?\d{3} ?B ?\d{2}",),
        validate=stdnum("nl.btw"),
        valid_score=0.85,
        context=words("btw nummer, btw id, omzetbelastingnummer, btw identificatienummer"),
        keys=words("btw nummer, btw id, omzetbelastingnummer, btw identificatienummer"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("NL",),
        matches=(
            "btw_nummer: ⟦NL700982413B01⟧",
            "btw nummer ⟦NL700982413B01⟧",
            "⟦NL700982413B01⟧",
        ),
        ignores=("NL824396782B01",),
    )
