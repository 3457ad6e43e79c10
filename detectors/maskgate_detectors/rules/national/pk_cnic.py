"""Pakistani identity card number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def pk_cnic() -> Rule:
    """https://www.nadra.gov.pk/"""
    return Rule(
        id="pk-cnic",
        entity="PK_CNIC",
        label="Pakistani identity card number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{5}-?\d{7}-?\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("pk.cnic"),
        valid_score=0.9,
        needs_context=True,
        context=words("cnic, nadra, cnic number"),
        keys=words("cnic, cnic number, nadra"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("PK",),
        matches=(
            "cnic: ⟦34201-1777524-6⟧",
            "cnic ⟦34201-1777524-6⟧",
        ),
        ignores=(
            "order 34201-1777524-6",
            "cnic 34201-9702275-0",
        ),
    )


@detector
def pk_cnic_written() -> Rule:
    """https://www.nadra.gov.pk/"""
    return Rule(
        id="pk-cnic-written",
        entity="PK_CNIC",
        label="Pakistani identity card number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>\d{5}-\d{7}-\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"\d{5}-\d{7}-\d",),
        validate=stdnum("pk.cnic"),
        valid_score=0.85,
        countries=("PK",),
        matches=(
            "⟦34201-0669212-3⟧",
            "ref ⟦34201-0669212-3⟧.",
        ),
        ignores=("34201-5776442-0",),
    )
