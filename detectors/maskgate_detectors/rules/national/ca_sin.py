"""Canadian social insurance number."""

from __future__ import annotations

from maskgate_detectors.checks.national import canadian_sin
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ca_sin() -> Rule:
    """https://www.canada.ca/en/employment-social-development/services/sin.html"""
    return Rule(
        id="ca-sin",
        entity="CA_SIN",
        label="Canadian social insurance number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{3}[- ]?\d{3}[- ]?\d{3})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=canadian_sin,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "sin, sin:, sin no, nas, numéro d'assurance sociale",
            "social insurance, assurance sociale, social insurance number, sin number, social insurance no",
            "sin:, sin is, sin",
        ),
        keys=words("sin, nas", "social insurance number, sin number, social insurance no"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"\d{3}-\d{3}-\d{3}",
        countries=("CA",),
        matches=(
            "social_insurance_number: ⟦377-420-633⟧",
            "social insurance ⟦377-420-633⟧",
        ),
        ignores=(
            "order 377-420-633",
            "social insurance 874-034-721",
        ),
    )
