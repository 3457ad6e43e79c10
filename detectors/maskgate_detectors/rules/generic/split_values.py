"""Parts of values that are split over several fields, where the keys of the fields alone say so.

Nothing is asked of these rules by a key of its own: siblings ask for them. See ``siblings.py``.
"""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


@detector
def phone_country() -> Rule:
    """https://www.itu.int/rec/T-REC-E.164"""
    return Rule(
        id="phone-country-part",
        entity="PHONE_NUMBER",
        label="Country code of a telephone number in a field beside it",
        pattern=r"^(?P<value>(?:\+|00)?[1-9]\d{0,3})$",
        needs_context=True,
        keys=words("country code of phone"),
        key_decides=True,
        key_pattern=r"(?:\+|00)? ?\(?[1-9]\d{0,2}(?:-\d{3})?\)?",
        key_score=0.85,
        numbers=True,
        matches=("country_code_of_phone: ⟦+49⟧", "country_code_of_phone: ⟦1⟧"),
        ignores=("country_code_of_phone: DE", "country_code_of_phone: GBR", "country_code: +49"),
    )


@detector
def phone_area() -> Rule:
    """https://www.itu.int/rec/T-REC-E.164"""
    return Rule(
        id="phone-area-part",
        entity="PHONE_NUMBER",
        label="Area code or exchange of a telephone number in a field beside it",
        pattern=r"^(?P<value>\d{2,6})$",
        needs_context=True,
        keys=words("area code of phone"),
        key_decides=True,
        key_pattern=r"\(?0?\)?\d{1,6}\)?",
        key_score=0.85,
        numbers=True,
        matches=("area_code_of_phone: ⟦415⟧", "area_code_of_phone: ⟦(030)⟧"),
        ignores=("area_code_of_phone: north", "area_code: 415"),
    )


@detector
def phone_line() -> Rule:
    """https://www.itu.int/rec/T-REC-E.164"""
    return Rule(
        id="phone-number-part",
        entity="PHONE_NUMBER",
        label="Number of a telephone without its country or area code, which stands in a field beside it",
        pattern=r"^(?P<value>\d[\d ().-]{2,18}\d)$",
        needs_context=True,
        keys=words("subscriber number of phone"),
        key_decides=True,
        key_pattern=r"\(?\d[\d ()./\x{2010}-\x{2014}-]{1,18}\d",
        key_score=0.9,
        numbers=True,
        matches=("subscriber_number_of_phone: ⟦5309⟧", "subscriber_number_of_phone: ⟦171 1234567⟧"),
        ignores=("subscriber_number_of_phone: main", "number: 5309"),
    )


@detector
def birth_date() -> Rule:
    """https://schema.org/birthDate"""
    return Rule(
        id="date-of-birth-part",
        entity="DATE_TIME",
        label="Day, month or year of a date of birth in a field of its own",
        pattern=r"^(?P<value>\d{4})$",
        needs_context=True,
        keys=words("day of date of birth, month of date of birth, year of date of birth"),
        key_decides=True,
        key_pattern=r"\d{1,2}\.?|(?:18|19|20)\d{2}年?|\p{L}{3,12}\.?|\d{1,2}[日月]",
        key_score=0.9,
        numbers=True,
        matches=("day_of_date_of_birth: ⟦4⟧", "month_of_date_of_birth: ⟦July⟧", "year_of_date_of_birth: ⟦1980⟧"),
        ignores=("day_of_date_of_birth: 2024-03-01T10:00:00Z", "day: 4", "year: 1980"),
    )
