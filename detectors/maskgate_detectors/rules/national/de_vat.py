"""German VAT number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def de_vat() -> Rule:
    """https://www.bzst.de/DE/Unternehmen/Identifikationsnummern/Umsatzsteuer-Identifikationsnummer/umsatzsteuer-identifikationsnummer_node.html"""
    return Rule(
        id="de-vat",
        entity="DE_VAT_CODE",
        label="German VAT number",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>DE ?\d{3} ?\d{3} ?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"DE ?\d{3} ?\d{3} ?\d{3}",),
        validate=stdnum("de.vat"),
        valid_score=0.85,
        context=words("ust-idnr, umsatzsteuer identifikationsnummer, ust idnr, ustidnr, ust id nr, umsatzsteuer id"),
        keys=words("umsatzsteuer identifikationsnummer, ust idnr, ustidnr, ust id nr, umsatzsteuer id"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("DE",),
        matches=(
            "umsatzsteuer_identifikationsnummer: ⟦DE594592267⟧",
            "ust-idnr ⟦DE594592267⟧",
            "⟦DE594592267⟧",
        ),
        ignores=("DE441644540",),
    )
