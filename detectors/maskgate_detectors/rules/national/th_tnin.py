"""Thai national identification number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def th_tnin() -> Rule:
    """https://www.bora.dopa.go.th/"""
    return Rule(
        id="th-tnin",
        entity="TH_TNIN",
        label="Thai national identification number",
        pattern=(
            r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[1-8][- ]?\d{4}[- ]?\d{5}[- ]?\d{2}[- ]?\d)(?:$|[^\w.-]"
            r"|[.-](?:$|[^\w]))"
        ),
        validate=stdnum("th.pin"),
        valid_score=0.9,
        needs_context=True,
        context=words(
            "national id, tnin", "thai national id, thai id, เลขประจำตัวประชาชน, บัตรประชาชน, เลขบัตร, tnin, citizen id th"
        ),
        keys=words("tnin, thai id, thai national id, citizen id th, เลขประจำตัวประชาชน"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        alone=r"[1-8][- ]\d{4}[- ]\d{5}[- ]\d{2}[- ]\d",
        countries=("TH",),
        matches=(
            "tnin: ⟦2925575699208⟧",
            "thai national id ⟦2925575699208⟧",
        ),
        ignores=(
            "order 2925575699208",
            "thai national id 2034986153148",
        ),
    )
