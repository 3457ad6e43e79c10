"""Telephone numbers that stand alone under a key that says nothing, by their form."""

from __future__ import annotations

import re

from maskgate_detectors.model.rule import Rule, detector

_DATE = re.compile(r"\d{2}[./-]\d{2}[./-](?:\d{2}|\d{4})")


def _dialled(text: str) -> bool:
    """Whether it has the digits of a telephone number, not all the same, and is no date."""
    digits = [char for char in text if char.isdigit()]
    return 9 <= len(digits) <= 12 and len(set(digits)) > 3 and _DATE.fullmatch(text) is None


@detector
def bare_phone() -> Rule:
    """https://www.itu.int/rec/T-REC-E.123"""
    return Rule(
        id="phone-bare",
        entity="PHONE_NUMBER",
        label="Telephone number written in groups, alone under a key that says nothing",
        pattern=(
            r"^\s{0,3}(?P<value>(?:\(0\d{1,4}\)|0 ?\([1-9]\d{1,3}\)|0\d{1,4})(?:[ ./-]\d{2,4}){2,4}"
            r"|\(0\d{1,4}\) ?\d{5,8}|\([2-9]\d{2}\) ?[2-9]\d{2}-\d{4}|[2-9]\d{2}-[2-9]\d{2}-\d{4})\s{0,3}$"
        ),
        needs_context=True,
        validate=_dialled,
        valid_score=0.7,
        context_score=0.7,
        keys=("bare value",),
        matches=("f7: ⟦071 284 93 16⟧", "attr_3: ⟦04.72.81.63.95⟧", "v: ⟦(212) 555-0148⟧", "f3: ⟦0(555) 987 65 43⟧"),
        ignores=("f7: 01.02.2024", "f7: 000 000 000", "build: 071 284 93 16", "f7: 12.04.72", "f7: 04 72"),
    )
