"""Swiss company and VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ch_vat() -> Rule:
    """https://www.uid.admin.ch/"""
    return Rule(
        id="ch-vat",
        entity="CH_VAT_CODE",
        label="Swiss company and VAT number",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>CHE[- ]?\d{3}[. ]?\d{3}[. ]?\d{3}(?: ?(?:MWST|TVA|IVA))?)(?:$"
            r"|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        triggers=(r"CHE[- ]?\d{3}[. ]?\d{3}[. ]?\d{3}(?: ?(?:MWST|TVA|IVA))?",),
        validate=stdnum("ch.vat", "ch.uid"),
        valid_score=0.85,
        context=words("mwst, uid ch, mwst nummer, mwst nr, unternehmens identifikationsnummer"),
        keys=words("uid ch, mwst nummer, mwst nr, unternehmens identifikationsnummer"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("CH",),
        matches=(
            "uid_ch: ⟦CHE147393865⟧",
            "mwst ⟦CHE147393865⟧",
            "⟦CHE147393865⟧",
        ),
        ignores=("CHE923923718",),
    )
