"""Indian permanent account number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def in_pan() -> Rule:
    """https://incometaxindia.gov.in/"""
    return Rule(
        id="in-pan",
        entity="IN_PAN",
        label="Indian permanent account number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>(?i:[A-Z]{3}[ABCEFGHJLPT][A-Z]\d{4}[A-Z]))(?:$|[^\w.-]|[.-](?:$"
            r"|[^\w]))"
        ),
        validate=stdnum("in_.pan"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "पैन, पैन नंबर, पैन कार्ड", "pan, permanent account number, pan card, pan number, pan no, pancard, pan:, pan is"
        ),
        keys=words("pan, pan number, pan card, pan no, permanent account number, pancard"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[A-Z]{3}P[A-Z]\d{4}[A-Z]",
        countries=("IN",),
        matches=(
            "pan: ⟦BBCPV0644N⟧",
            "permanent account number ⟦BBCPV0644N⟧",
        ),
        ignores=(
            "order BBCPV0644N",
            "permanent account number GBCPU0000T",
        ),
    )
