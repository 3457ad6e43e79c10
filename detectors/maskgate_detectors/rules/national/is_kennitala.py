"""Icelandic identity number."""

from __future__ import annotations

from maskgate_detectors.checks.checksums import stdnum
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import ID_VALUE, words


@detector
def is_kennitala() -> Rule:
    """https://www.skra.is/english/individuals/me-and-my-family/my-registration/id-numbers/"""
    return Rule(
        id="is-kennitala",
        entity="IS_KENNITALA",
        label="Icelandic identity number",
        pattern=r"(?:^|[^\w.+$/-]|[=:_])(?P<value>\d{6}-?\d{4})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=stdnum("is_.kennitala"),
        valid_score=0.9,
        needs_context=True,
        context=words("kennitala"),
        keys=words("kennitala"),
        key_decides=True,
        key_pattern=ID_VALUE,
        numbers=True,
        countries=("IS",),
        matches=(
            "kennitala: ⟦010180-2369⟧",
            "kennitala ⟦010180-2369⟧",
        ),
        ignores=(
            "order 010180-2369",
            "kennitala 010180-6999",
        ),
    )
