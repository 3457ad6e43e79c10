"""Emirates identity number."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def ae_emirates_id() -> Rule:
    """https://icp.gov.ae/"""
    return Rule(
        id="ae-emirates-id",
        entity="AE_EMIRATES_ID",
        label="Emirates identity number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>784-?\d{4}-?\d{7}-?\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=checksums.luhn,
        valid_score=0.9,
        needs_context=True,
        context=words("emirates id, الهوية, eid number, emirates id number"),
        keys=words("emirates id, eid number, emirates id number"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("AE",),
        matches=(
            "emirates_id: ⟦784-1980-1668296-9⟧",
            "emirates id ⟦784-1980-1668296-9⟧",
        ),
        ignores=(
            "order 784-1980-1668296-9",
            "emirates id 784-1980-3652416-0",
        ),
    )


@detector
def ae_emirates_id_written() -> Rule:
    """https://icp.gov.ae/"""
    return Rule(
        id="ae-emirates-id-written",
        entity="AE_EMIRATES_ID",
        label="Emirates identity number in its usual punctuation",
        pattern=r"(?:^|[^\w.+-]|[=:_])(?P<value>784-\d{4}-\d{7}-\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        triggers=(r"784-\d{4}-\d{7}-\d",),
        validate=checksums.luhn,
        valid_score=0.85,
        countries=("AE",),
        matches=(
            "⟦784-1980-7803520-5⟧",
            "ref ⟦784-1980-7803520-5⟧.",
        ),
        ignores=("784-1980-5803821-9",),
    )
