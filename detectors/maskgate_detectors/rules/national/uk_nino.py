"""UK national insurance number."""

from __future__ import annotations

from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def uk_nino() -> Rule:
    """https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110"""
    return Rule(
        id="uk-nino",
        entity="UK_NINO",
        label="UK national insurance number",
        pattern=(
            r"(?:^|[^\w.+-]|[=:_])(?P<value>(?i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} "
            r"?[A-D]))(?:$|[^\w.-]|[.-](?:$|[^\w]))"
        ),
        triggers=(r"(?i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D])",),
        validate=national_checks.uk_nino,
        valid_score=0.85,
        context=words(
            "national insurance, nino, ni number, national insurance number, nino number", "national insurance no"
        ),
        keys=words(
            "nino, national insurance number, national insurance, ni number, nino number", "national insurance no"
        ),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("GB",),
        matches=(
            "nino: ⟦YB777024C⟧",
            "national insurance ⟦YB777024C⟧",
            "⟦YB777024C⟧",
        ),
        ignores=("GB546755C",),
    )
