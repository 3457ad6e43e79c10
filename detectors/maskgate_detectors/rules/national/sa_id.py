"""Saudi identity or residence number."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def sa_id() -> Rule:
    """https://www.absher.sa/"""
    return Rule(
        id="sa-id",
        entity="SA_NATIONAL_ID",
        label="Saudi identity or residence number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>[12]\d{9})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=checksums.luhn,
        valid_score=0.9,
        needs_context=True,
        context=words("iqama, رقم الهوية, الإقامة, iqama number, saudi id"),
        keys=words("iqama, iqama number, saudi id, رقم الهوية"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("SA",),
        matches=(
            "iqama: ⟦1380972909⟧",
            "iqama ⟦1380972909⟧",
        ),
        ignores=(
            "order 1380972909",
            "iqama 1923654136",
        ),
    )
