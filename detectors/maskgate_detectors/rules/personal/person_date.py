"""Dates that belong to a person's documents, cards and stays, by key; ages."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


@detector
def personal_date() -> Rule:
    """https://www.hhs.gov/hipaa/for-professionals/special-topics/de-identification/"""
    return Rule(
        id="personal-date",
        entity="DATE_TIME",
        label="Date in a person's life or documents",
        pattern=(
            r"(?i)(?:^|[^\w.-])(?P<value>\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|(?:0[1-9]"
            r"|1[0-2])/\d{2,4})(?:$|[^\w.-]|[.](?:$|\s))"
        ),
        needs_context=True,
        context=words(
            "date of death, admitted on, discharged on, died on, passport expires, card expires, expiry date",
            "exp date, valid thru, valid through, date of marriage, wedding date, hired on",
        ),
        context_score=0.65,
        keys=words(
            "date of death, death date, deceased date, admission date, admitted, discharge date",
            "date of admission, date of discharge, hire date, hired, date of hire, termination date",
            "wedding date, marriage date, anniversary, passport expiry, passport expiry date",
            "passport issue date, license expiry, card expiry, card expiration, card expiry date, card exp",
            "cc exp, exp date, expiry month year, expiration date card, card valid thru, valid thru",
            "visit date, appointment date, date of visit, date of service, sterbedatum, eintrittsdatum",
            "aufnahmedatum, date d embauche, date de deces, fecha de ingreso, fecha de alta",
            "data di assunzione, data de admissao",
        ),
        key_decides=True,
        key_pattern=(
            r"\d{4}-\d{2}-\d{2}(?:T[\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
            r"|\d{1,2} ?[/-] ?\d{2,4}|\p{L}{3,12}\.? \d{1,2},? \d{4}|\d{1,2}\.? \p{L}{3,12} \d{4}"
        ),
        key_score=0.7,
        matches=(
            "hire_date: ⟦2019-04-01⟧",
            "card_expiry: ⟦04/29⟧",
            "admission_date: ⟦2023-01-05T10:00:00Z⟧",
            "card expires ⟦04/2029⟧ soon",
        ),
        ignores=("updated: 2019-04-01", "2019-04-01", "expires_at: 2024-01-01", "release 04/29"),
    )
