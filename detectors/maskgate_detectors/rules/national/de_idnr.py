"""German tax identification number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def de_idnr() -> Rule:
    """https://www.bzst.de/EN/Private_individuals/Tax_identification_number/tax_identification_number_node.html"""
    return Rule(
        id="de-idnr",
        entity="DE_TAX_ID",
        label="German tax identification number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[1-9]\d ?\d{3} ?\d{3} ?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("de.idnr"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "steuer-id, steueridentifikationsnummer, identifikationsnummer, steuer-identifikationsnummer",
            "steuer id, steuerid, idnr, steuer identifikationsnummer, tin de",
            "steuerliche identifikationsnummer",
        ),
        keys=words(
            "steuer id, steueridentifikationsnummer, steuerid, idnr, steuer identifikationsnummer",
            "identifikationsnummer, tin de, steuerliche identifikationsnummer",
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[1-9]\d \d{3} \d{3} \d{3}",
        countries=("DE",),
        matches=(
            "steuer_id: ⟦49057811638⟧",
            "steuer-id ⟦49057811638⟧",
        ),
        ignores=(
            "order 49057811638",
            "steuer-id 20982101805",
        ),
    )
