"""Austrian VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def at_uid() -> Rule:
    """https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en"""
    return Rule(
        id="at-uid",
        entity="AT_VAT_CODE",
        label="Austrian VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>(?:AT ?)?U ?\d{8})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"(?:AT ?)?U ?\d{8}",),
        validate=stdnum("at.uid"),
        valid_score=0.85,
        context=words("uid nummer, uid nr, umsatzsteuer id, ust id, ustid, ust idnr"),
        keys=words("uid nummer, uid nr, umsatzsteuer id, ust id, ustid, ust idnr"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("AT",),
        matches=(
            "uid_nummer: ⟦ATU93756926⟧",
            "uid nummer ⟦ATU93756926⟧",
            "⟦ATU93756926⟧",
        ),
        ignores=("ATU00758531",),
    )
