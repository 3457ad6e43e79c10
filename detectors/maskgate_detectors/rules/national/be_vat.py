"""Belgian enterprise and VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def be_vat() -> Rule:
    """https://kbopub.economie.fgov.be/kbopub/"""
    return Rule(
        id="be-vat",
        entity="BE_VAT_CODE",
        label="Belgian enterprise and VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>(?:BE ?)[01]\d{3}[. ]?\d{3}[. ]?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"(?:BE ?)[01]\d{3}[. ]?\d{3}[. ]?\d{3}",),
        validate=stdnum("be.vat"),
        valid_score=0.85,
        context=words("btw nummer, numero tva, numero d entreprise, ondernemingsnummer"),
        keys=words("btw nummer, numero tva, numero d entreprise, ondernemingsnummer"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("BE",),
        matches=(
            "btw_nummer: ⟦BE0728294905⟧",
            "btw nummer ⟦BE0728294905⟧",
            "⟦BE0728294905⟧",
        ),
        ignores=("BE0133679355",),
    )
