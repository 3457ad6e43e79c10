"""Swedish VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def se_vat() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="se-vat",
        entity="SE_VAT_CODE",
        label="Swedish VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>SE ?\d{10} ?01)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"SE ?\d{10} ?01",),
        validate=stdnum("se.vat"),
        valid_score=0.85,
        context=words("momsregistreringsnummer, momsnr, vat nummer"),
        keys=words("momsregistreringsnummer, momsnr, vat nummer"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("SE",),
        matches=(
            "momsregistreringsnummer: ⟦SE025063155301⟧",
            "momsregistreringsnummer ⟦SE025063155301⟧",
            "⟦SE025063155301⟧",
        ),
        ignores=("SE512152846701",),
    )
